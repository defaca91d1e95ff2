// Readers: start positions, many events, what comes with them.

using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Producer;
using static Sightglass.Checks.Harness;

namespace Sightglass.Checks;

static class Reading
{
    static async Task<string> ThreeEvents()
    {
        var hub = FreshHub();
        await Send(hub, "a", "b", "c");
        return hub;
    }

    static async Task ReadsFrom(EventPosition from, params string[] expected) =>
        Same((await Received(await ThreeEvents(), expected.Length, from)).Texts(), expected);

    [Check("reads from the earliest event")]
    public static Task Earliest() => ReadsFrom(EventPosition.Earliest, "a", "b", "c");

    [Check("reads behind a sequence number")]
    public static Task BehindSequenceNumber() =>
        ReadsFrom(EventPosition.FromSequenceNumber(0, false), "b", "c");

    [Check("reads from a sequence number on")]
    public static Task FromSequenceNumber() =>
        ReadsFrom(EventPosition.FromSequenceNumber(1, true), "b", "c");

    [Check("reads behind an offset and from an offset on")]
    public static async Task Offsets()
    {
        var hub = await ThreeEvents();
        var second = (await Received(hub, 3))[1].OffsetString;
        var behind = await Received(hub, 1, EventPosition.FromOffset(second, false));
        Same(behind.Texts(), new[] { "c" });
        var from = await Received(hub, 2, EventPosition.FromOffset(second, true));
        Same(from.Texts(), new[] { "b", "c" });
    }

    [Check("reads from the latest event only what comes after")]
    public static async Task Latest()
    {
        var hub = FreshHub();
        await Send(hub, "old");
        await using var receiver = Receiver(hub, EventPosition.Latest);
        var reading = receiver.Read(1);
        // Whether the reader is there already is not to be seen from here.
        for (var count = 1; !reading.IsCompleted; count += 1)
        {
            await Send(hub, $"new {count}");
            await Task.WhenAny(reading, Task.Delay(50));
        }
        Same((await reading)[0].Text().StartsWith("new"), true);
    }

    [Check("reads from a point in time on")]
    public static async Task EnqueuedTime()
    {
        var hub = FreshHub();
        await Send(hub, "before");
        var first = (await Received(hub, 1))[0].EnqueuedTime;
        await Until(() => DateTimeOffset.UtcNow > first.AddMilliseconds(20));
        await Send(hub, "after");
        var seen = await Received(hub, 1, EventPosition.FromEnqueuedTime(first.AddMilliseconds(1)));
        Same(seen.Texts(), new[] { "after" });
    }

    [Check("reads 5,000 events on one link without stopping")]
    public static async Task ManyEvents()
    {
        var hub = FreshHub();
        var bodies = Enumerable.Range(0, 5_000).Select(number => $"{number}").ToArray();
        await using var producer = Producer(hub);
        foreach (var part in bodies.Chunk(1_000))
        {
            var events = part.Select(body => new EventData(body));
            await producer.SendAsync(events, new SendEventOptions { PartitionId = "0" });
        }
        Same((await Received(hub, 5_000)).Texts(), bodies);
    }

    [Check("tells what was enqueued last with each event")]
    public static async Task LastEnqueued()
    {
        await using var receiver = Receiver(await ThreeEvents(), tracksLast: true);
        var events = await receiver.Read(3);
        var last = receiver.ReadLastEnqueuedEventProperties();
        Same((last.SequenceNumber, last.OffsetString), (2L, events[2].OffsetString));
        Same(last.EnqueuedTime, events[2].EnqueuedTime);
    }

    [Check("waits for events without any, and gets those that come meanwhile")]
    public static async Task Waiting()
    {
        var hub = FreshHub();
        await using var receiver = Receiver(hub);
        Same((await receiver.ReceiveBatchAsync(1, TimeSpan.FromMilliseconds(50))).Count(), 0);
        var reading = receiver.Read(1);
        await Send(hub, "a");
        Same((await reading).Texts(), new[] { "a" });
    }

    [Check("reads all partitions with one client")]
    public static async Task AllPartitions()
    {
        var hub = FreshHub();
        foreach (var id in new[] { "0", "1", "2", "3" }) await Send(hub, [new EventData(id)], id);
        Same((await Placed(hub, 4)).All(at => at.Partition == at.Body), true);
    }

    [Check("gives each consumer group every event")]
    public static async Task EachGroup()
    {
        var hub = await ThreeEvents();
        foreach (var group in new[] { "$Default", "app", "audit" })
        {
            await using var receiver = Receiver(hub, group: group);
            Same((await receiver.Read(3)).Texts(), new[] { "a", "b", "c" });
        }
    }
}
