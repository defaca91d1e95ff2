// AMQPNetLite: a client that knows AMQP and nothing of Event Hubs.

using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using static Sightglass.Checks.Harness;

namespace Sightglass.Checks;

static class Lite
{
    static readonly Symbol Selector = "apache.org:selector-filter:string";
    static readonly Symbol SequenceNumber = "x-opt-sequence-number";

    static Task<Connection> Connect(string? key = null) =>
        Connection.Factory.CreateAsync(new Address(
            StandIn.Host, StandIn.Port, StandIn.KeyName, key ?? StandIn.Key, "/", "amqp"));

    static async Task<T> Within<T>(Func<Session, Task<T>> work)
    {
        var connection = await Connect();
        try
        {
            return await work(new Session(connection));
        }
        finally
        {
            await connection.CloseAsync();
        }
    }

    static Task<int> Within(Func<Session, Task> work) =>
        Within(async session => { await work(session); return 0; });

    static ReceiverLink Reader(Session session, string hub, string? filter = null)
    {
        var source = new Source { Address = $"{hub}/ConsumerGroups/$Default/Partitions/0" };
        if (filter is not null)
        {
            source.FilterSet = new Map { [Selector] = new DescribedValue(Selector, filter) };
        }
        return new ReceiverLink(session, $"reader-{Guid.NewGuid()}", source, null);
    }

    static async Task<Message> Next(ReceiverLink reader)
    {
        var message = await reader.ReceiveAsync(Patience) ?? throw new Exception("nothing came");
        reader.Accept(message);
        return message;
    }

    static async Task<Error> Refusal(Func<Session, Link> attach)
    {
        var refused = new TaskCompletionSource<Error>();
        return await Within(session =>
        {
            attach(session).AddClosedCallback((_, error) => refused.TrySetResult(error));
            return refused.Task.WaitAsync(Patience);
        });
    }

    [Check("AMQPNetLite: sends a single event with properties of every type, and reads them back")]
    public static Task<int> Types() => Within(async session =>
    {
        var hub = FreshHub();
        var sender = new SenderLink(session, "sender", $"{hub}/Partitions/0");
        var moment = new DateTime(2026, 11, 25, 12, 30, 0, 250, DateTimeKind.Utc);
        var sent = new Message("body") { ApplicationProperties = new() };
        (string Name, object Value)[] properties =
        [
            ("bool", true), ("byte", (byte)255), ("bytes", new byte[] { 0, 255 }), ("char", 'ü'),
            ("double", 0.25), ("float", 0.5f), ("guid", Guid.Parse("12345678-1234-5678-1234-567812345678")),
            ("int", -3), ("long", long.MinValue), ("sbyte", (sbyte)-128), ("short", (short)-7),
            ("symbol", new Symbol("mark")), ("text", "grüße"), ("time", moment),
            ("uint", uint.MaxValue), ("ulong", ulong.MaxValue), ("ushort", ushort.MaxValue),
        ];
        foreach (var (name, value) in properties) sent.ApplicationProperties[name] = value;
        await sender.SendAsync(sent);
        var seen = await Next(Reader(session, hub));
        Same(seen.Body, "body");
        Same(properties.Select(pair => seen.ApplicationProperties[pair.Name]), properties.Select(pair => pair.Value));
        Same(seen.MessageAnnotations[SequenceNumber], 0L);
    });

    [Check("AMQPNetLite: reads behind a sequence number")]
    public static Task<int> Filter() => Within(async session =>
    {
        var hub = FreshHub();
        await Send(hub, "a", "b");
        var reader = Reader(session, hub, "amqp.annotation.x-opt-sequence-number > '0'");
        Same(Encoding.UTF8.GetString((await Next(reader)).GetBody<byte[]>()), "b");
    });

    [Check("AMQPNetLite: is told why a single event is too large, and sends on")]
    public static Task<int> TooLarge() => Within(async session =>
    {
        var hub = FreshHub();
        var sender = new SenderLink(session, "sender", $"{hub}/Partitions/0");
        var tooMuch = new Message { BodySection = new Data { Binary = new byte[1_100_000] } };
        var error = (AmqpException)await Failure(() => sender.SendAsync(tooMuch));
        Same((string)error.Error.Condition, "amqp:link:message-size-exceeded");
        await sender.SendAsync(new Message { BodySection = new Data { Binary = [1] } });
        Same((await Next(Reader(session, hub))).GetBody<byte[]>(), new byte[] { 1 });
    });

    [Check("AMQPNetLite: is told why a link is refused")]
    public static async Task Refused()
    {
        var hub = await Refusal(session => new SenderLink(session, "sender", "nowhere"));
        Same((string)hub.Condition, "amqp:not-found");
        var filter = await Refusal(session => Reader(session, FreshHub(), "what = 'ever'"));
        Same((string)filter.Condition, "com.microsoft:argument-error");
    }

    [Check("AMQPNetLite: is not let in with a wrong key")]
    public static async Task<string> WrongKey() => (await Failure(() => Connect("wrong"))).Message;
}
