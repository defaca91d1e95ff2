// Bodies and properties of every kind, from .NET to .NET, to JavaScript and back.

using Azure.Core.Amqp;
using Azure.Messaging.EventHubs;
using static Sightglass.Checks.Harness;

namespace Sightglass.Checks;

static class Values
{
    static readonly DateTimeOffset Moment = new(2026, 11, 25, 12, 30, 0, 250, TimeSpan.Zero);

    static EventData WithBody(AmqpMessageBody body)
    {
        var data = new EventData();
        data.GetRawAmqpMessage().Body = body;
        return data;
    }

    static async Task<AmqpAnnotatedMessage> Echoed(EventData sent)
    {
        var hub = FreshHub();
        await Send(hub, [sent]);
        return (await Received(hub, 1))[0].GetRawAmqpMessage();
    }

    [Check("keeps the bytes of a body")]
    public static async Task Bytes()
    {
        var hub = FreshHub();
        var body = Enumerable.Range(0, 256).Select(number => (byte)number).ToArray();
        await Send(hub, [new EventData(body), new EventData(Array.Empty<byte>())]);
        var events = await Received(hub, 2);
        Same(events[0].EventBody.ToArray(), body);
        Same(events[1].EventBody.ToArray(), Array.Empty<byte>());
    }

    [Check("keeps properties of every type")]
    public static async Task Properties()
    {
        var hub = FreshHub();
        var sent = new EventData("a");
        var properties = new SortedDictionary<string, object>
        {
            ["bool"] = true,
            ["byte"] = (byte)255,
            ["bytes"] = new byte[] { 0, 255 },
            ["char"] = 'ü',
            ["dateTime"] = Moment.UtcDateTime,
            ["dateTimeOffset"] = Moment,
            ["decimal"] = 12.34m,
            ["double"] = 0.25,
            ["empty"] = "",
            ["float"] = 0.5f,
            ["guid"] = Guid.Parse("12345678-1234-5678-1234-567812345678"),
            ["int"] = -3,
            ["long"] = long.MinValue,
            ["sbyte"] = (sbyte)-128,
            ["short"] = (short)-7,
            ["text"] = "grüße",
            ["timeSpan"] = TimeSpan.FromMilliseconds(1_500),
            ["uint"] = uint.MaxValue,
            ["ulong"] = ulong.MaxValue,
            ["uri"] = new Uri("https://example.org/a?b=c"),
            ["ushort"] = ushort.MaxValue,
        };
        foreach (var (name, value) in properties) sent.Properties[name] = value;
        await Send(hub, [sent]);
        var seen = (await Received(hub, 1))[0].Properties;
        Same(seen.OrderBy(pair => pair.Key, StringComparer.Ordinal), properties);
    }

    [Check("keeps message id, correlation id and content type")]
    public static async Task SystemFields()
    {
        var hub = FreshHub();
        var sent = new EventData("""{"a":1}""")
        {
            MessageId = "m-1",
            CorrelationId = "c-1",
            ContentType = "application/json",
        };
        await Send(hub, [sent]);
        var seen = (await Received(hub, 1))[0];
        Same((seen.MessageId, seen.CorrelationId), ("m-1", "c-1"));
        Same((seen.ContentType, seen.Text()), ("application/json", """{"a":1}"""));
    }

    [Check("gives each event sequence number, offset and time")]
    public static async Task Place()
    {
        var hub = FreshHub();
        await Send(hub, "a", "b");
        var events = await Received(hub, 2);
        Same(events.Select(data => data.SequenceNumber), new[] { 0L, 1L });
        Same(long.Parse(events[0].OffsetString) < long.Parse(events[1].OffsetString), true);
        Same((DateTimeOffset.UtcNow - events[1].EnqueuedTime).Duration() < TimeSpan.FromHours(1), true);
    }

    [Check("keeps a body that is an AMQP value")]
    public static async Task ValueBody()
    {
        var sent = new Dictionary<string, object> { ["n"] = 1, ["at"] = Moment.UtcDateTime };
        var seen = await Echoed(WithBody(AmqpMessageBody.FromValue(sent)));
        Same(seen.Body.BodyType, AmqpMessageBodyType.Value);
        seen.Body.TryGetValue(out var value);
        var map = (IDictionary<string, object>)value!;
        Same((map["n"], map["at"]), (1, Moment.UtcDateTime));
    }

    [Check("keeps a body that is AMQP sequences")]
    public static async Task SequenceBody()
    {
        IList<object>[] sent = [[1, "two"], [3L]];
        var seen = await Echoed(WithBody(AmqpMessageBody.FromSequence(sent)));
        Same(seen.Body.BodyType, AmqpMessageBodyType.Sequence);
        seen.Body.TryGetSequence(out var sequence);
        Same(sequence, sent);
    }

    [Check("keeps header, annotations, footer and properties of a raw message")]
    public static async Task RawMessage()
    {
        var sent = new EventData("a");
        var raw = sent.GetRawAmqpMessage();
        (raw.Header.Durable, raw.Header.Priority) = (true, 7);
        raw.MessageAnnotations["mine"] = 5;
        raw.Footer["f"] = 2;
        (raw.Properties.Subject, raw.Properties.GroupId) = ("s", "g");
        var seen = await Echoed(sent);
        Same((seen.Header.Durable, seen.Header.Priority), ((bool?)true, (byte?)7));
        Same((seen.MessageAnnotations["mine"], seen.Footer["f"]), (5, 2));
        Same((seen.Properties.Subject, seen.Properties.GroupId), ("s", "g"));
    }

    [Check("reads what JavaScript sent")]
    public static async Task FromJavaScript()
    {
        var events = await Received(StandIn.FromJavaScript, 4);
        Same(events[0].Text(), """{"n":1,"text":"grüße"}""");
        Same((events[0].MessageId, events[0].CorrelationId), ("m-1", "c-1"));
        Same(events[0].ContentType, "application/json");
        var properties = events[0].Properties;
        Same((properties["text"], properties["whole"]), ("grüße", 7));
        Same((properties["fraction"], properties["yes"]), (0.25, true));
        Same(events[1].EventBody.ToArray(), new byte[] { 0, 1, 255 });
        events[2].GetRawAmqpMessage().Body.TryGetValue(out var value);
        Same(value, "plain");
        events[3].GetRawAmqpMessage().Body.TryGetSequence(out var sequence);
        // JavaScript's numbers become unsigned where they can.
        Same(sequence, new[] { new object[] { 1u, "two" } });
    }

    [Check("sends what JavaScript is to read")]
    public static async Task ToJavaScript()
    {
        var json = new EventData("""{"n":1,"text":"grüße"}""")
        {
            MessageId = "m-1",
            CorrelationId = "c-1",
            ContentType = "application/json",
            Properties =
            {
                ["text"] = "grüße",
                ["whole"] = 7,
                ["negative"] = -3,
                ["fraction"] = 0.25,
                ["yes"] = true,
                ["no"] = false,
            },
        };
        var value = WithBody(AmqpMessageBody.FromValue("plain"));
        IList<object>[] lists = [[1, "two"]];
        var sequence = WithBody(AmqpMessageBody.FromSequence(lists));
        await Send(StandIn.FromDotnet, [json, new EventData(new byte[] { 0, 1, 255 }), value, sequence]);
    }
}
