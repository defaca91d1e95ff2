// What the checks share: the stand-in's addresses, clients that give up soon, ways to read and compare.

using System.Text.Json;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;

namespace Sightglass.Checks;

sealed record Addresses(
    string ConnectionString,
    string TlsConnectionString,
    string Host,
    int Port,
    string KeyName,
    string Key,
    string FromJavaScript,
    string FromDotnet);

static class Harness
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static readonly Addresses StandIn = JsonSerializer.Deserialize<Addresses>(
        Environment.GetEnvironmentVariable("STAND_IN")!,
        new JsonSerializerOptions(JsonSerializerDefaults.Web))!;

    /// <summary>One attempt, but as long as a busy machine may need for it.</summary>
    public static readonly EventHubsRetryOptions Impatient = new()
    {
        MaximumRetries = 0,
        TryTimeout = TimeSpan.FromSeconds(30),
    };

    const string Group = EventHubConsumerClient.DefaultConsumerGroupName;

    static int hubCount = -1;

    /// <summary>A hub of four partitions that no other check uses.</summary>
    public static string FreshHub() => $"hub-{Interlocked.Increment(ref hubCount)}";

    public static EventHubProducerClient Producer(
        string hub, string? connectionString = null, EventHubConnectionOptions? connection = null) =>
        new(connectionString ?? StandIn.ConnectionString, hub, new EventHubProducerClientOptions
        {
            RetryOptions = Impatient,
            ConnectionOptions = connection ?? new(),
        });

    public static EventHubConsumerClient Consumer(string hub, string group = Group) =>
        new(group, StandIn.ConnectionString, hub, new EventHubConsumerClientOptions
        {
            RetryOptions = Impatient,
        });

    public static PartitionReceiver Receiver(
        string hub,
        EventPosition? from = null,
        string partition = "0",
        string group = Group,
        long? ownerLevel = null,
        bool tracksLast = false) =>
        new(group, partition, from ?? EventPosition.Earliest, StandIn.ConnectionString, hub,
            new PartitionReceiverOptions
            {
                RetryOptions = Impatient,
                OwnerLevel = ownerLevel,
                TrackLastEnqueuedEventProperties = tracksLast,
            });

    public static async Task Send(string hub, IEnumerable<EventData> events, string partition = "0")
    {
        await using var producer = Producer(hub);
        await producer.SendAsync(events, new SendEventOptions { PartitionId = partition });
    }

    public static Task Send(string hub, params string[] bodies) =>
        Send(hub, bodies.Select(body => new EventData(body)));

    public static async Task<List<EventData>> Read(this PartitionReceiver receiver, int count)
    {
        var events = new List<EventData>();
        using var giveUp = new CancellationTokenSource(Patience);
        while (events.Count < count)
        {
            var wait = TimeSpan.FromSeconds(1);
            events.AddRange(await receiver.ReceiveBatchAsync(count - events.Count, wait, giveUp.Token));
        }
        return events;
    }

    public static async Task<List<EventData>> Received(
        string hub, int count, EventPosition? from = null, string partition = "0")
    {
        await using var receiver = Receiver(hub, from, partition);
        return await receiver.Read(count);
    }

    /// <summary>Partition and body of every event in the hub, once there are `count`.</summary>
    public static async Task<List<(string Partition, string Body)>> Placed(string hub, int count)
    {
        await using var consumer = Consumer(hub);
        using var giveUp = new CancellationTokenSource(Patience);
        var placed = new List<(string, string)>();
        await foreach (var read in consumer.ReadEventsAsync(true, cancellationToken: giveUp.Token))
        {
            placed.Add((read.Partition.PartitionId, read.Data.Text()));
            if (placed.Count == count) break;
        }
        return placed;
    }

    public static string Text(this EventData data) => data.EventBody.ToString();

    public static IEnumerable<string> Texts(this IEnumerable<EventData> events) =>
        events.Select(Text);

    public static void Same(object? seen, object? expected)
    {
        var (left, right) = (Shown(seen), Shown(expected));
        if (left != right) throw new Exception($"saw {left}, expected {right}");
    }

    /// <summary>The type too: an int that comes as a long is not the same.</summary>
    static string Shown(object? value) => value switch
    {
        null => "null",
        byte[] bytes => $"bytes {Convert.ToHexString(bytes)}",
        string text => $"'{text}'",
        DateTimeOffset time => $"DateTimeOffset {time.UtcDateTime:O}",
        DateTime time => $"DateTime {time:O}",
        System.Collections.IEnumerable many => $"[{string.Join(", ", many.Cast<object?>().Select(Shown))}]",
        _ => $"{value.GetType().Name} {value}",
    };

    /// <summary>The error that work ends with; a check fails when there is none.</summary>
    public static async Task<Exception> Failure(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception error)
        {
            return error;
        }
        throw new Exception("it went well, which it must not");
    }

    public static async Task<string> FailsFor(
        EventHubsException.FailureReason reason, Func<Task> work)
    {
        var error = await Failure(work);
        Same((error as EventHubsException)?.Reason, reason);
        return error.Message;
    }

    public static async Task Until(Func<bool> holds)
    {
        using var giveUp = new CancellationTokenSource(Patience);
        while (!holds()) await Task.Delay(10, giveUp.Token);
    }
}
