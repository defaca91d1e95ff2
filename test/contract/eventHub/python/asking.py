"""Questions to `$management`."""

from datetime import datetime, timezone

from checks import check, failure, same
from harness import consumer, fresh_hub, producer, send


@check("tells a hub's name, partitions and birth")
def hub_properties():
    hub = fresh_hub()
    with producer(hub) as client:
        properties = client.get_eventhub_properties()
    same(properties["eventhub_name"], hub)
    same(properties["partition_ids"], ["0", "1", "2", "3"])
    age = datetime.now(timezone.utc) - properties["created_at"].replace(tzinfo=timezone.utc)
    same(0 <= age.total_seconds() < 3600, True)


@check("tells partition ids to producers and consumers alike")
def partition_ids():
    hub = fresh_hub()
    with producer(hub) as client, consumer(hub) as reader:
        same(client.get_partition_ids(), ["0", "1", "2", "3"])
        same(reader.get_partition_ids(), ["0", "1", "2", "3"])


@check("tells where an empty partition stands")
def empty_partition():
    with producer(fresh_hub()) as client:
        properties = client.get_partition_properties("0")
    same(properties["beginning_sequence_number"], -1)
    same(properties["last_enqueued_sequence_number"], -1)
    same(properties["last_enqueued_offset"], "-1")
    same(properties["is_empty"], True)


@check("tells where a partition with events stands")
def filled_partition():
    hub = fresh_hub()
    send(hub, ["a", "b", "c"], partition_id="2")
    with consumer(hub) as client:
        properties = client.get_partition_properties("2")
    same(properties["id"], "2")
    same(properties["beginning_sequence_number"], 0)
    same(properties["last_enqueued_sequence_number"], 2)
    same(properties["is_empty"], False)
    age = datetime.now(timezone.utc) - properties["last_enqueued_time_utc"].replace(
        tzinfo=timezone.utc
    )
    same(0 <= age.total_seconds() < 3600, True)


@check("refuses to tell about a partition that is not there")
def unknown_partition():
    with producer(fresh_hub()) as client:
        return failure(lambda: client.get_partition_properties("9"))
