"""Consumers that share a hub through a checkpoint store on blobs."""

import threading
import uuid

from azure.eventhub import EventData
from azure.eventhub.extensions.checkpointstoreblob import BlobCheckpointStore
from azure.eventhub.extensions.checkpointstoreblob._vendor.storage.blob import ContainerClient
from checks import check, same
from harness import SETTINGS, consumer, fresh_hub, producer, send, wait_until


def new_container():
    client = ContainerClient.from_connection_string(SETTINGS["storage"], f"c-{uuid.uuid4()}")
    client.create_container()
    return client


class Processor:
    """Reads every partition it owns, with a checkpoint after each event where asked."""

    def __init__(self, hub, container, has_checkpoints=True):
        store = BlobCheckpointStore.from_connection_string(
            SETTINGS["storage"], container.container_name
        )
        self.bodies = []
        self.owned = set()
        self._has_checkpoints = has_checkpoints
        self._client = consumer(
            hub,
            checkpoint_store=store,
            load_balancing_interval=0.5,
            partition_ownership_expiration_interval=10,
        )
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        self._client.receive(
            on_event=self._on_event,
            on_partition_initialize=lambda context: self.owned.add(context.partition_id),
            on_partition_close=lambda context, _reason: self.owned.discard(context.partition_id),
            starting_position="-1",
        )

    def _on_event(self, context, event):
        self.bodies.append(event.body_as_str())
        if self._has_checkpoints:
            context.update_checkpoint(event)

    def close(self):
        self._client.close()
        self._thread.join(20)


def numbered(hub, first):
    with producer(hub) as client:
        for partition in "0123":
            client.send_batch([EventData(f"{first}-{partition}")], partition_id=partition)


@check("gives one consumer with a checkpoint store every partition, then half of them to a second")
def balance():
    hub, container = fresh_hub(), new_container()
    one = Processor(hub, container)
    wait_until(lambda: len(one.owned) == 4, "all four partitions")
    two = Processor(hub, container)
    wait_until(lambda: (len(one.owned), len(two.owned)) == (2, 2), "two partitions each")
    numbered(hub, "shared")
    wait_until(lambda: len(one.bodies) + len(two.bodies) >= 4, "four events")
    same(sorted(one.bodies + two.bodies), [f"shared-{partition}" for partition in "0123"])
    one.close()
    two.close()


@check("goes on behind the checkpoints of an earlier consumer")
def resume():
    hub, container = fresh_hub(), new_container()
    numbered(hub, "old")
    first = Processor(hub, container)
    wait_until(lambda: len(first.bodies) == 4, "four events")
    first.close()
    numbered(hub, "new")
    second = Processor(hub, container)
    wait_until(lambda: len(second.bodies) >= 4, "four more events")
    second.close()
    same(sorted(second.bodies), [f"new-{partition}" for partition in "0123"])


@check("writes checkpoints where every other language looks for them")
def layout():
    hub, container = fresh_hub(), new_container()
    send(hub, ["a"], partition_id="0")
    processor = Processor(hub, container)
    name = f"{SETTINGS['host']}/{hub}/$default/checkpoint/0"

    def found():
        blobs = {blob.name: blob.metadata for blob in container.list_blobs(include=["metadata"])}
        return blobs.get(name)

    wait_until(found, f"the blob {name}")
    metadata = found()
    processor.close()
    same((metadata["sequencenumber"], metadata["offset"]), ("0", "0"))
