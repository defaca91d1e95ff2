// Several readers of one partition: owner levels and the limit on those without.

using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Primitives;
using static Azure.Messaging.EventHubs.EventHubsException.FailureReason;
using static Sightglass.Checks.Harness;

namespace Sightglass.Checks;

static class Groups
{
    static async Task<string> OneEvent()
    {
        var hub = FreshHub();
        await Send(hub, "a");
        return hub;
    }

    static Func<Task> Reading(PartitionReceiver receiver) =>
        async () =>
        {
            while (true) await receiver.ReceiveBatchAsync(1, TimeSpan.FromSeconds(1));
        };

    [Check("hands a partition to the reader with the higher owner level")]
    public static async Task<string> Takeover()
    {
        var hub = await OneEvent();
        await using var first = Receiver(hub, ownerLevel: 1);
        await first.Read(1);
        await using var second = Receiver(hub, ownerLevel: 2);
        await second.Read(1);
        return await FailsFor(ConsumerDisconnected, Reading(first));
    }

    [Check("refuses a reader with a lower owner level")]
    public static async Task<string> LowerLevel()
    {
        var hub = await OneEvent();
        await using var first = Receiver(hub, ownerLevel: 5);
        await first.Read(1);
        await using var second = Receiver(hub, ownerLevel: 4);
        var text = await FailsFor(ConsumerDisconnected, Reading(second));
        await Send(hub, "b");
        Same((await first.Read(1)).Texts(), new[] { "b" });
        return text;
    }

    [Check("refuses a reader without an owner level beside one that has it")]
    public static async Task<string> NoLevel()
    {
        var hub = await OneEvent();
        await using var first = Receiver(hub, ownerLevel: 0);
        await first.Read(1);
        await using var second = Receiver(hub);
        return await FailsFor(ConsumerDisconnected, Reading(second));
    }

    [Check("keeps owner levels of two groups apart")]
    public static async Task TwoGroups()
    {
        var hub = await OneEvent();
        await using var first = Receiver(hub, ownerLevel: 5);
        await using var second = Receiver(hub, group: "app", ownerLevel: 1);
        await first.Read(1);
        await second.Read(1);
        await Send(hub, "b");
        Same((await first.Read(1)).Texts(), (await second.Read(1)).Texts());
    }

    [Check("lets five readers without an owner level in and refuses the sixth")]
    public static async Task<string> SixthReader()
    {
        var hub = await OneEvent();
        var readers = Enumerable.Range(0, 6).Select(_ => Receiver(hub)).ToArray();
        foreach (var reader in readers[..5]) await reader.Read(1);
        var text = await FailsFor(QuotaExceeded, Reading(readers[5]));
        foreach (var reader in readers) await reader.CloseAsync();
        return text;
    }
}
