"""Readers: start positions, batches, many events, what comes with them."""

import time
from datetime import datetime, timezone

from azure.eventhub import EventData
from checks import check, same
from harness import consumer, fresh_hub, producer, reading, received, send, three_events, wait_until


def bodies(events):
    return [event.body_as_str() for event in events]


@check("reads from the earliest event")
def earliest():
    same(bodies(received(three_events(), 3)), ["a", "b", "c"])


@check("reads from the latest event only what comes after")
def latest():
    hub = fresh_hub()
    send(hub, ["old"], partition_id="0")
    with producer(hub) as client, reading(hub, starting_position="@latest") as readers:
        sent_count = 0

        def arrives():
            nonlocal sent_count
            sent_count += 1
            client.send_batch([EventData(f"new-{sent_count}")], partition_id="0")
            return readers.events

        wait_until(arrives, "an event that came after the reader")
        same(readers.bodies()[0].startswith("new-"), True)


@check("reads behind a sequence number")
def behind_sequence_number():
    same(bodies(received(three_events(), 2, starting_position=0)), ["b", "c"])


@check("reads from a sequence number on")
def from_sequence_number():
    hub = three_events()
    seen = received(hub, 2, starting_position=1, starting_position_inclusive=True)
    same(bodies(seen), ["b", "c"])


@check("reads behind an offset and from an offset on")
def offsets():
    hub = three_events()
    second = received(hub, 3)[1].offset
    same(bodies(received(hub, 1, starting_position=second)), ["c"])
    seen = received(hub, 2, starting_position=second, starting_position_inclusive=True)
    same(bodies(seen), ["b", "c"])


@check("reads from a point in time on")
def enqueued_time():
    hub = fresh_hub()
    send(hub, ["before"], partition_id="0")
    first = received(hub, 1)[0].enqueued_time
    wait_until(lambda: datetime.now(timezone.utc) > first, "the clock")
    time.sleep(0.02)
    send(hub, ["after"], partition_id="0")
    same(bodies(received(hub, 1, starting_position=first)), ["after"])


@check("reads 5,000 events on one link without stopping")
def many_events():
    hub = fresh_hub()
    with producer(hub) as client:
        for first in range(0, 5000, 500):
            numbers = range(first, first + 500)
            client.send_batch([EventData(str(n)) for n in numbers], partition_id="0")
    seen = bodies(received(hub, 5000))
    same(seen, [str(number) for number in range(5000)])


@check("reads with a prefetch of one")
def prefetch_of_one():
    same(bodies(received(three_events(), 3, prefetch=1)), ["a", "b", "c"])


@check("hands over events in batches")
def in_batches():
    hub = fresh_hub()
    send(hub, [str(number) for number in range(100)], partition_id="0")
    batches = []
    client = consumer(hub)

    def on_batch(_context, events):
        batches.append(bodies(events))
        if sum(map(len, batches)) >= 100:
            client.close()

    client.receive_batch(
        on_event_batch=on_batch, partition_id="0", starting_position="-1", max_batch_size=40
    )
    same(sum(batches, []), [str(number) for number in range(100)])
    same(max(map(len, batches)) <= 40, True)


@check("tells what was enqueued last with each event")
def last_enqueued():
    hub = three_events()
    seen = []
    client = consumer(hub)

    def on_event(context, _event):
        seen.append(context.last_enqueued_event_properties)
        client.close()

    client.receive(
        on_event=on_event,
        partition_id="0",
        starting_position="-1",
        track_last_enqueued_event_properties=True,
    )
    same(seen[0]["sequence_number"], 2)
    same(isinstance(seen[0]["enqueued_time"], datetime), True)


@check("reads all partitions with one client")
def all_partitions():
    hub = fresh_hub()
    for partition in "0123":
        send(hub, [partition], partition_id=partition)
    with reading(hub, partition=None) as readers:
        readers.wait_for(4)
        same({partition == body for partition, body in zip(
            [partition for partition, _ in readers.events], readers.bodies())}, {True})


@check("gives each consumer group every event")
def each_group():
    hub = three_events()
    for group in ("$Default", "app", "audit"):
        same(bodies(received(hub, 3, group=group)), ["a", "b", "c"])
