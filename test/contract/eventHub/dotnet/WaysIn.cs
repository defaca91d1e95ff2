// TLS and WebSockets. The stand-in's own authority is trusted as the process is told to (SSL_CERT_FILE).

using Azure.Messaging.EventHubs;
using static Sightglass.Checks.Harness;

namespace Sightglass.Checks;

static class WaysIn
{
    static async Task GoesRoundThrough(string connectionString, EventHubConnectionOptions options)
    {
        var hub = FreshHub();
        await using var producer = Producer(hub, connectionString, options);
        Same(await producer.GetPartitionIdsAsync(), new[] { "0", "1", "2", "3" });
        await producer.SendAsync([new EventData("a")]);
        Same((await Placed(hub, 1))[0].Body, "a");
    }

    /// <summary>TLS means port 5671, or 443, whatever the connection string says.</summary>
    static EventHubConnectionOptions AtItsPort(EventHubsTransportType transport) => new()
    {
        CustomEndpointAddress = new Uri($"sb://localhost:{StandIn.Port}"),
        TransportType = transport,
    };

    [Check("comes in over TLS")]
    public static Task Tls() =>
        GoesRoundThrough(StandIn.TlsConnectionString, AtItsPort(EventHubsTransportType.AmqpTcp));

    [Check("comes in over WebSockets with TLS")]
    public static Task SecureWebSockets() =>
        GoesRoundThrough(StandIn.TlsConnectionString, AtItsPort(EventHubsTransportType.AmqpWebSockets));

    [Check("comes in over WebSockets without TLS")]
    public static Task PlainWebSockets() =>
        GoesRoundThrough(StandIn.ConnectionString, new() { TransportType = EventHubsTransportType.AmqpWebSockets });
}
