// Questions to `$management`.

using static Sightglass.Checks.Harness;

namespace Sightglass.Checks;

static class Asking
{
    [Check("tells a hub's name, partitions and birth")]
    public static async Task Hub()
    {
        var hub = FreshHub();
        await using var producer = Producer(hub);
        var seen = await producer.GetEventHubPropertiesAsync();
        Same((seen.Name, seen.IsGeoReplicationEnabled), (hub, false));
        Same(seen.PartitionIds, new[] { "0", "1", "2", "3" });
        Same((DateTimeOffset.UtcNow - seen.CreatedOn).Duration() < TimeSpan.FromHours(1), true);
    }

    [Check("tells partition ids to producers and consumers alike")]
    public static async Task PartitionIds()
    {
        var hub = FreshHub();
        await using var producer = Producer(hub);
        await using var consumer = Consumer(hub);
        Same(await producer.GetPartitionIdsAsync(), new[] { "0", "1", "2", "3" });
        Same(await consumer.GetPartitionIdsAsync(), new[] { "0", "1", "2", "3" });
    }

    [Check("tells where an empty partition stands")]
    public static async Task EmptyPartition()
    {
        await using var producer = Producer(FreshHub());
        var seen = await producer.GetPartitionPropertiesAsync("0");
        Same((seen.IsEmpty, seen.BeginningSequenceNumber), (true, -1L));
        Same((seen.LastEnqueuedSequenceNumber, seen.LastEnqueuedOffsetString), (-1L, "-1"));
    }

    [Check("tells where a partition with events stands")]
    public static async Task FilledPartition()
    {
        var hub = FreshHub();
        await Send(hub, "a", "b", "c");
        var last = (await Received(hub, 3))[2];
        await using var consumer = Consumer(hub);
        var seen = await consumer.GetPartitionPropertiesAsync("0");
        Same((seen.EventHubName, seen.Id, seen.IsEmpty), (hub, "0", false));
        Same((seen.BeginningSequenceNumber, seen.LastEnqueuedSequenceNumber), (0L, 2L));
        Same((seen.LastEnqueuedOffsetString, seen.LastEnqueuedTime), (last.OffsetString, last.EnqueuedTime));
    }

    [Check("refuses to tell about a partition that is not there")]
    public static async Task<string> UnknownPartition()
    {
        await using var producer = Producer(FreshHub());
        var error = await Failure(() => producer.GetPartitionPropertiesAsync("9"));
        return $"{error.GetType().Name}: {error.Message}";
    }
}
