// Processors that share a hub through a checkpoint store: the base of the one on blobs, and of the
// trigger of .NET's functions host.

using System.Collections.Concurrent;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using static Sightglass.Checks.Harness;

namespace Sightglass.Checks;

/// <summary>Who comes with an old version has lost, as on blobs.</summary>
sealed class MemoryStore : CheckpointStore
{
    readonly ConcurrentDictionary<string, EventProcessorCheckpoint> checkpoints = new();
    readonly Dictionary<string, EventProcessorPartitionOwnership> owned = [];
    int version;

    public override Task<IEnumerable<EventProcessorPartitionOwnership>> ListOwnershipAsync(
        string _, string _1, string _2, CancellationToken _3)
    {
        lock (owned) return Task.FromResult<IEnumerable<EventProcessorPartitionOwnership>>([.. owned.Values]);
    }

    public override Task<IEnumerable<EventProcessorPartitionOwnership>> ClaimOwnershipAsync(
        IEnumerable<EventProcessorPartitionOwnership> desired, CancellationToken _)
    {
        lock (owned)
        {
            var won = desired.Where(claim => owned.GetValueOrDefault(claim.PartitionId)?.Version == claim.Version);
            return Task.FromResult<IEnumerable<EventProcessorPartitionOwnership>>([.. won.ToArray().Select(Claimed)]);
        }
    }

    EventProcessorPartitionOwnership Claimed(EventProcessorPartitionOwnership claim)
    {
        claim.Version = $"{++version}";
        claim.LastModifiedTime = DateTimeOffset.UtcNow;
        return owned[claim.PartitionId] = claim;
    }

    public override Task<EventProcessorCheckpoint> GetCheckpointAsync(
        string _, string _1, string _2, string partitionId, CancellationToken _3) =>
        Task.FromResult(checkpoints.GetValueOrDefault(partitionId)!);

    public override Task UpdateCheckpointAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup, string partitionId,
        string clientIdentifier, CheckpointPosition position, CancellationToken _)
    {
        checkpoints[partitionId] = new()
        {
            FullyQualifiedNamespace = fullyQualifiedNamespace,
            EventHubName = eventHubName,
            ConsumerGroup = consumerGroup,
            PartitionId = partitionId,
            ClientIdentifier = clientIdentifier,
            StartingPosition = Azure.Messaging.EventHubs.Consumer.EventPosition.FromOffset(
                position.OffsetString, false),
        };
        return Task.CompletedTask;
    }

    [Obsolete("Left to the one with a position.")]
    public override Task UpdateCheckpointAsync(
        string _, string _1, string _2, string _3, long _4, long? _5, CancellationToken _6) =>
        throw new NotSupportedException();
}

sealed class Processor(string hub, MemoryStore store)
    : PluggableCheckpointStoreEventProcessor<EventProcessorPartition>(
        store, 10, "app", StandIn.ConnectionString, hub, Quick)
{
    static readonly EventProcessorOptions Quick = new()
    {
        LoadBalancingStrategy = LoadBalancingStrategy.Greedy,
        LoadBalancingUpdateInterval = TimeSpan.FromSeconds(0.25),
        PartitionOwnershipExpirationInterval = TimeSpan.FromSeconds(10),
        DefaultStartingPosition = Azure.Messaging.EventHubs.Consumer.EventPosition.Earliest,
        RetryOptions = Impatient,
    };

    public ConcurrentDictionary<string, bool> Owned { get; } = new();
    public ConcurrentQueue<string> Bodies { get; } = new();

    protected override Task OnInitializingPartitionAsync(
        EventProcessorPartition partition, CancellationToken cancel)
    {
        Owned[partition.PartitionId] = true;
        return Task.CompletedTask;
    }

    protected override Task OnPartitionProcessingStoppedAsync(
        EventProcessorPartition partition, ProcessingStoppedReason reason, CancellationToken cancel)
    {
        Owned.TryRemove(partition.PartitionId, out var _);
        return Task.CompletedTask;
    }

    protected override async Task OnProcessingEventBatchAsync(
        IEnumerable<EventData> events, EventProcessorPartition partition, CancellationToken cancel)
    {
        foreach (var data in events) Bodies.Enqueue(data.Text());
        if (events.LastOrDefault() is { } last)
        {
            await UpdateCheckpointAsync(partition.PartitionId, CheckpointPosition.FromEvent(last), cancel);
        }
    }

    protected override Task OnProcessingErrorAsync(
        Exception error, EventProcessorPartition? partition, string operation, CancellationToken cancel) =>
        Task.CompletedTask;
}

static class Processing
{
    static async Task SendToEach(string hub, string body)
    {
        foreach (var id in new[] { "0", "1", "2", "3" }) await Send(hub, [new($"{body} {id}")], id);
    }

    [Check("gives one processor every partition, then half of them to a second, which goes on behind the first")]
    public static async Task Balance()
    {
        var (hub, store) = (FreshHub(), new MemoryStore());
        var one = new Processor(hub, store);
        await one.StartProcessingAsync();
        await SendToEach(hub, "first");
        await Until(() => one.Bodies.Count == 4 && one.Owned.Count == 4);

        var two = new Processor(hub, store);
        await two.StartProcessingAsync();
        await Until(() => (one.Owned.Count, two.Owned.Count) == (2, 2));
        await SendToEach(hub, "second");
        await Until(() => one.Bodies.Count + two.Bodies.Count >= 8);
        await one.StopProcessingAsync();
        await Until(() => two.Owned.Count == 4);
        await SendToEach(hub, "third");
        await Until(() => two.Bodies.Count(body => body.StartsWith("third")) == 4);
        await two.StopProcessingAsync();

        Same(two.Bodies.Any(body => body.StartsWith("first")), false);
        Same(one.Bodies.Concat(two.Bodies).Distinct().Count(), 12);
    }
}
