"""Producers: batches, keys, partition ids and limits."""

from azure.eventhub import EventData
from checks import check, failure, same
from harness import fresh_hub, producer, reading, received, send


def batch_of(client, bodies, **options):
    batch = client.create_batch(**options)
    for body in bodies:
        batch.add(EventData(body))
    return batch


def placed(hub, count):
    """Partition and body of every event in the hub."""
    with reading(hub, partition=None) as readers:
        readers.wait_for(count)
        return {(partition, event.body_as_str()) for partition, event in readers.events}


@check("sends a batch to the partition it names")
def by_partition_id():
    hub = fresh_hub()
    with producer(hub) as client:
        client.send_batch(batch_of(client, ["a", "b"], partition_id="3"))
    same(placed(hub, 2), {("3", "a"), ("3", "b")})


@check("sends events that share a key to one partition, the one JavaScript chooses")
def by_key():
    hub = fresh_hub()
    with producer(hub) as client:
        for key in ("store-1", "store-2", "store-3", "äöü", ""):
            client.send_batch([EventData(key)], partition_key=key or None)
    places = {body: partition for partition, body in placed(hub, 5)}
    return " ".join(f"{key}={places[key]}" for key in ("store-1", "store-2", "store-3", "äöü"))


@check("keeps the partition key with the event")
def key_comes_back():
    hub = fresh_hub()
    with producer(hub) as client:
        client.send_batch(batch_of(client, ["a"], partition_key="store-7"))
    with reading(hub, partition=None) as readers:
        [event] = readers.wait_for(1)
    same(event.partition_key, b"store-7")


@check("spreads batches without key and partition")
def round_robin():
    hub = fresh_hub()
    with producer(hub) as client:
        for number in range(8):
            client.send_batch([EventData(str(number))])
    same(len({partition for partition, _ in placed(hub, 8)}), 4)


@check("takes 500 events in one batch, in order")
def large_batch():
    hub = fresh_hub()
    bodies = [str(number) for number in range(500)]
    with producer(hub) as client:
        client.send_batch(batch_of(client, bodies, partition_id="0"))
    same([event.body_as_str() for event in received(hub, 500)], bodies)


@check("tells the largest size of a batch")
def batch_size():
    with producer(fresh_hub()) as client:
        same(client.create_batch().max_size_in_bytes, 1_048_576)


@check("takes an event of 900 KB")
def large_event():
    hub = fresh_hub()
    send(hub, [b"x" * 900_000], partition_id="0")
    [event] = received(hub, 1)
    same(len(b"".join(event.body)), 900_000)


@check("refuses what is larger than the limit")
def too_large():
    with producer(fresh_hub()) as client:
        return failure(lambda: client.send_batch([EventData(b"x" * 1_100_000)]))


@check("refuses a partition that is not there, to a producer")
def unknown_partition():
    with producer(fresh_hub()) as client:
        return failure(lambda: client.send_batch([EventData("a")], partition_id="7"))


@check("leaves events where the buffered producer put them")
def buffered():
    hub = fresh_hub()
    failures = []
    client = producer(
        hub,
        buffered_mode=True,
        max_wait_time=1,
        on_success=lambda events, partition: None,
        on_error=lambda events, partition, error: failures.append(error),
    )
    with client:
        for number in range(40):
            client.send_event(EventData(f"key-{number}"), partition_key=f"key-{number}")
        client.flush()
    same(failures, [])
    same(len(placed(hub, 40)), 40)
