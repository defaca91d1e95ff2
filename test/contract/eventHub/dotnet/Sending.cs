// Producers: batches, keys, partition ids, limits, and the producer that gathers by itself.

using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using static Sightglass.Checks.Harness;

namespace Sightglass.Checks;

static class Sending
{
    static async Task SendBatch(string hub, CreateBatchOptions options, params string[] bodies)
    {
        await using var producer = Producer(hub);
        using var batch = await producer.CreateBatchAsync(options);
        foreach (var body in bodies) Same(batch.TryAdd(new EventData(body)), true);
        await producer.SendAsync(batch);
    }

    [Check("sends a batch to the partition it names")]
    public static async Task ByPartitionId()
    {
        var hub = FreshHub();
        await SendBatch(hub, new() { PartitionId = "3" }, "a", "b");
        Same(await Placed(hub, 2), new[] { ("3", "a"), ("3", "b") });
    }

    [Check("sends events that share a key to one partition, the one JavaScript chooses")]
    public static async Task<string> ByKey()
    {
        var hub = FreshHub();
        string[] keys = ["store-1", "store-2", "store-3", "äöü"];
        foreach (var key in keys) await SendBatch(hub, new() { PartitionKey = key }, key, key);
        var placed = await Placed(hub, 2 * keys.Length);
        return string.Join(' ', keys.Select(key =>
            $"{key}={placed.Where(at => at.Body == key).Select(at => at.Partition).Distinct().Single()}"));
    }

    [Check("gives the partition key back with the event")]
    public static async Task KeyComesBack()
    {
        var hub = FreshHub();
        await SendBatch(hub, new() { PartitionKey = "store-7" }, "a");
        var ((partition, _), _) = ((await Placed(hub, 1))[0], 0);
        Same((await Received(hub, 1, partition: partition))[0].PartitionKey, "store-7");
    }

    [Check("spreads batches without key and partition")]
    public static async Task RoundRobin()
    {
        var hub = FreshHub();
        await using var producer = Producer(hub);
        foreach (var number in Enumerable.Range(0, 8)) await producer.SendAsync([new($"{number}")]);
        Same((await Placed(hub, 8)).Select(at => at.Partition).Distinct().Count(), 4);
    }

    [Check("sends a list of events without a batch")]
    public static async Task List()
    {
        var hub = FreshHub();
        await Send(hub, "a", "b", "c");
        Same((await Received(hub, 3)).Texts(), new[] { "a", "b", "c" });
    }

    [Check("takes 500 events in one batch, in order")]
    public static async Task LargeBatch()
    {
        var hub = FreshHub();
        var bodies = Enumerable.Range(0, 500).Select(number => $"{number}").ToArray();
        await SendBatch(hub, new() { PartitionId = "0" }, bodies);
        Same((await Received(hub, 500)).Texts(), bodies);
    }

    [Check("tells the largest size of a batch")]
    public static async Task BatchSize()
    {
        await using var producer = Producer(FreshHub());
        using var batch = await producer.CreateBatchAsync();
        Same(batch.MaximumSizeInBytes, 1_048_576L);
    }

    [Check("takes an event of 900 KB")]
    public static async Task LargeEvent()
    {
        var hub = FreshHub();
        await Send(hub, [new EventData(new byte[900_000])]);
        Same((await Received(hub, 1))[0].EventBody.ToMemory().Length, 900_000);
    }

    [Check("refuses what is larger than the limit")]
    public static Task<string> TooLarge() =>
        FailsFor(EventHubsException.FailureReason.MessageSizeExceeded,
            () => Send(FreshHub(), [new EventData(new byte[1_100_000])]));

    [Check("sends what was gathered, 500 events under many keys, each once and where its key belongs")]
    public static async Task Buffered()
    {
        var hub = FreshHub();
        var failures = 0;
        var sent = 0;
        await using (var producer = Gathering(hub))
        {
            producer.SendEventBatchFailedAsync += _ => { failures += 1; return Task.CompletedTask; };
            producer.SendEventBatchSucceededAsync += batch =>
            {
                Interlocked.Add(ref sent, batch.EventBatch.Count);
                return Task.CompletedTask;
            };
            foreach (var number in Enumerable.Range(0, 500))
            {
                var key = new EnqueueEventOptions { PartitionKey = $"key-{number % 50}" };
                await producer.EnqueueEventAsync(new EventData($"{number}"), key);
            }
            await producer.FlushAsync();
        }
        Same((failures, sent), (0, 500));
        var placed = await Placed(hub, 500);
        Same(placed.Select(at => at.Body).Distinct().Count(), 500);
        var partitionsByKey = placed.ToLookup(at => int.Parse(at.Body) % 50, at => at.Partition);
        Same(partitionsByKey.All(key => key.Distinct().Count() == 1), true);
        // The gathering producer hashes by itself, the plain one leaves it to the hub.
        await SendBatch(hub, new() { PartitionKey = "key-7" }, "507");
        var behind = (await Placed(hub, 501)).Single(at => at.Body == "507");
        Same(behind.Partition, partitionsByKey[7].First());
    }

    [Check("spreads what was gathered without keys over all partitions")]
    public static async Task BufferedWithoutKeys()
    {
        var hub = FreshHub();
        await using (var producer = Gathering(hub))
        {
            producer.SendEventBatchFailedAsync += _ => Task.CompletedTask;
            foreach (var number in Enumerable.Range(0, 40))
            {
                await producer.EnqueueEventAsync(new EventData($"{number}"));
            }
        }
        Same((await Placed(hub, 40)).Select(at => at.Partition).Distinct().Count(), 4);
    }

    static EventHubBufferedProducerClient Gathering(string hub) =>
        new(StandIn.ConnectionString, hub, new() { MaximumWaitTime = TimeSpan.FromSeconds(0.2) });
}
