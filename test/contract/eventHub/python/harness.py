"""What the checks share: the stand-in's addresses, clients that trust it, readers that end by themselves."""

import functools
import itertools
import json
import os
import threading
import time
from contextlib import contextmanager

from azure.eventhub import EventData, EventHubConsumerClient, EventHubProducerClient

SETTINGS = json.loads(os.environ["STAND_IN"])
PATIENCE_SECONDS = 30

_hub_numbers = itertools.count()


def fresh_hub():
    """A hub of four partitions that no other check uses."""
    return f"hub-{next(_hub_numbers)}"


def _options(hub, options):
    quick = {"retry_total": 0, "auth_timeout": PATIENCE_SECONDS}
    trusting = {"connection_verify": SETTINGS["authorityFile"]}
    return {"eventhub_name": hub, **trusting, **quick, **options}


def producer(hub, connection_string=None, **options):
    text = connection_string or SETTINGS["connectionString"]
    return EventHubProducerClient.from_connection_string(text, **_options(hub, options))


def consumer(hub, group="$Default", **options):
    return EventHubConsumerClient.from_connection_string(
        SETTINGS["connectionString"], group, **_options(hub, options)
    )


def send(hub, bodies, **options):
    with producer(hub) as client:
        client.send_batch([EventData(body) for body in bodies], **options)


@functools.cache
def three_events():
    """A hub for readers only: `a`, `b` and `c` in its first partition."""
    hub = fresh_hub()
    send(hub, ["a", "b", "c"], partition_id="0")
    return hub


class Reading:
    """Events and errors of one client that reads in a thread of its own."""

    def __init__(self, client, options):
        self.events = []
        self.errors = []
        self._client = client
        self._thread = threading.Thread(target=self._run, args=(options,), daemon=True)
        self._thread.start()

    def _run(self, options):
        try:
            self._client.receive(on_event=self._on_event, on_error=self._on_error, **options)
        except Exception as error:
            self.errors.append(error)

    def _on_event(self, context, event):
        if event is not None:
            self.events.append((context.partition_id, event))

    def _on_error(self, _context, error):
        self.errors.append(error)

    def bodies(self):
        return [event.body_as_str() for _, event in self.events]

    def wait_for(self, count):
        wait_until(lambda: len(self.events) >= count or self.errors, f"{count} events")
        if self.errors:
            raise self.errors[0]
        return [event for _, event in self.events]

    def wait_for_error(self):
        wait_until(lambda: self.errors, "an error")
        return str(self.errors[0])


@contextmanager
def reading(hub, partition="0", group="$Default", client=None, **options):
    client = client or consumer(hub, group)
    options.setdefault("starting_position", "-1")
    if partition is not None:
        options["partition_id"] = partition
    try:
        yield Reading(client, options)
    finally:
        client.close()


def received(hub, count, **options):
    with reading(hub, **options) as readers:
        return readers.wait_for(count)


def wait_until(holds, what):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.01)
