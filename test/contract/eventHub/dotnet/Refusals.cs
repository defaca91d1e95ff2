// Wrong keys, expired and foreign tokens, names that nobody knows.

using Azure;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;
using static Azure.Messaging.EventHubs.EventHubsException.FailureReason;
using static Sightglass.Checks.Harness;

namespace Sightglass.Checks;

static class Refusals
{
    static async Task<string> IsUnauthorized(string old, string other)
    {
        await using var producer = Producer(FreshHub(), StandIn.ConnectionString.Replace(old, other));
        var sending = await Failure(() => producer.SendAsync([new EventData("a")]));
        Same(sending.GetType(), typeof(UnauthorizedAccessException));
        var asking = await Failure(() => producer.GetPartitionIdsAsync());
        if (asking is not UnauthorizedAccessException) throw asking;
        return $"{sending.Message} / {asking.Message}";
    }

    static async Task PutToken(string hub, string signedHub, TimeSpan lifetime)
    {
        var address = $"sb://{StandIn.Host}:{StandIn.Port}/{signedHub}";
        var token = new EventHubSignature(StandIn.KeyName, StandIn.Key).For(address, lifetime);
        // The only way in for a credential is a connection string: others insist on TLS.
        var text = $"Endpoint=sb://{StandIn.Host}:{StandIn.Port};SharedAccessSignature={token};"
            + "UseDevelopmentEmulator=true";
        await using var producer = Producer(hub, text);
        await producer.SendAsync([new EventData("a")]);
    }

    [Check("refuses a wrong key")]
    public static Task<string> WrongKey() =>
        IsUnauthorized($"SharedAccessKey={StandIn.Key}", "SharedAccessKey=x");

    [Check("refuses the name of an unknown key")]
    public static Task<string> WrongKeyName() => IsUnauthorized(StandIn.KeyName, "Nobody");

    [Check("takes a token that the caller made")]
    public static async Task OwnToken()
    {
        var hub = FreshHub();
        await PutToken(hub, hub, TimeSpan.FromMinutes(10));
    }

    [Check("refuses a token that has expired")]
    public static async Task<string> ExpiredToken()
    {
        var hub = FreshHub();
        return (await Failure(() => PutToken(hub, hub, TimeSpan.FromMinutes(-1)))).Message;
    }

    [Check("refuses a token for another hub")]
    public static async Task<string> ForeignToken()
    {
        var error = await Failure(() => PutToken(FreshHub(), FreshHub(), TimeSpan.FromMinutes(10)));
        Same(error.GetType(), typeof(UnauthorizedAccessException));
        return error.Message;
    }

    [Check("refuses a hub that is not there, to a producer, a reader and a question")]
    public static async Task<string> UnknownHub()
    {
        await using var producer = Producer("nowhere");
        await FailsFor(ResourceNotFound, () => producer.SendAsync([new EventData("a")]));
        await FailsFor(ResourceNotFound, () => producer.GetEventHubPropertiesAsync());
        await using var receiver = Receiver("nowhere");
        return await FailsFor(ResourceNotFound, () => receiver.Read(1));
    }

    [Check("refuses a consumer group that is not there")]
    public static async Task<string> UnknownGroup()
    {
        await using var receiver = Receiver(FreshHub(), group: "nobody");
        return await FailsFor(ResourceNotFound, () => receiver.Read(1));
    }

    [Check("refuses a partition that is not there, to a producer and a reader")]
    public static async Task<string> UnknownPartition()
    {
        var hub = FreshHub();
        var sending = await Failure(() => Send(hub, [new EventData("a")], "9"));
        await using var receiver = Receiver(hub, partition: "9");
        var reading = await Failure(() => receiver.Read(1));
        return $"{sending.GetType().Name} / {reading.GetType().Name}: {reading.Message}";
    }

    [Check("reads on from the oldest event kept where a position is older, and refuses one that is to come")]
    public static async Task<string> FutureOffset()
    {
        var hub = FreshHub();
        await Send(hub, "a");
        Same((await Received(hub, 1, EventPosition.FromOffset("-1"))).Texts(), new[] { "a" });
        var error = await Failure(() => Received(hub, 1, EventPosition.FromSequenceNumber(99, true)));
        return $"{error.GetType().Name}: {error.Message}";
    }
}
