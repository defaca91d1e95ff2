"""Bodies and properties of every kind, from Python to Python, to JavaScript and back."""

import uuid
from datetime import datetime, timezone

from azure.eventhub import EventData
from azure.eventhub.amqp import AmqpAnnotatedMessage, AmqpMessageBodyType
from checks import check, same
from harness import SETTINGS, fresh_hub, producer, received, send

PROPERTIES = {
    "text": "grüße",
    "whole": 7,
    "negative": -3,
    "fraction": 0.25,
    "yes": True,
    "no": False,
    "bytes": b"\x00\xff",
    "id": uuid.UUID("12345678-1234-5678-1234-567812345678"),
    "empty": "",
}


def annotated(**body):
    return AmqpAnnotatedMessage(**body)


def as_text(properties):
    def plain(value):
        return value.decode() if isinstance(value, bytes) else value

    return {plain(key): plain(value) for key, value in properties.items()}


@check("keeps the bytes of a body")
def bytes_body():
    hub = fresh_hub()
    send(hub, [bytes(range(256))], partition_id="0")
    [event] = received(hub, 1)
    same(b"".join(event.body), bytes(range(256)))
    same(event.body_type, AmqpMessageBodyType.DATA)


@check("keeps properties of every type")
def properties():
    hub = fresh_hub()
    sent = EventData("a")
    sent.properties = PROPERTIES
    with producer(hub) as client:
        client.send_batch([sent], partition_id="0")
    [event] = received(hub, 1)
    seen = {key.decode(): value for key, value in event.properties.items()}
    expected = {**PROPERTIES, "text": "grüße".encode(), "empty": b""}
    same(seen, expected)


@check("keeps a property that is a point in time")
def time_property():
    hub = fresh_hub()
    moment = datetime(2026, 11, 25, 12, 30, tzinfo=timezone.utc)
    sent = EventData("a")
    sent.properties = {"at": moment}
    with producer(hub) as client:
        client.send_batch([sent], partition_id="0")
    [event] = received(hub, 1)
    same(event.properties[b"at"], int(moment.timestamp() * 1000))


@check("keeps message id, correlation id and content type")
def system_fields():
    hub = fresh_hub()
    sent = EventData('{"a":1}')
    sent.message_id = "m-1"
    sent.correlation_id = "c-1"
    sent.content_type = "application/json"
    with producer(hub) as client:
        client.send_batch([sent], partition_id="0")
    [event] = received(hub, 1)
    same(event.body_as_json(), {"a": 1})
    same((event.message_id, event.correlation_id, event.content_type), ("m-1", "c-1", "application/json"))


@check("gives each event sequence number, offset and time")
def place():
    hub = fresh_hub()
    send(hub, ["a", "b"], partition_id="0")
    first, second = received(hub, 2)
    same((first.sequence_number, second.sequence_number), (0, 1))
    same(int(first.offset) < int(second.offset), True)
    same(abs((datetime.now(timezone.utc) - second.enqueued_time).total_seconds()) < 3600, True)


@check("keeps bodies that are AMQP values and sequences")
def annotated_bodies():
    hub = fresh_hub()
    with producer(hub) as client:
        for body in ({"value_body": {"n": 1}}, {"sequence_body": [[1, "two"], [3]]}):
            client.send_batch([annotated(**body)], partition_id="0")
    value, sequence = received(hub, 2)
    same(value.body_type, AmqpMessageBodyType.VALUE)
    same(value.body, {b"n": 1})
    same(sequence.body_type, AmqpMessageBodyType.SEQUENCE)
    same([list(part) for part in sequence.body], [[1, b"two"], [3]])


@check("keeps header, annotations, footer and properties of a raw message")
def annotated_message():
    hub = fresh_hub()
    sent = annotated(
        data_body=b"a",
        header={"durable": True, "priority": 7},
        annotations={"mine": 5},
        application_properties={"p": 1},
        footer={"f": 2},
        properties={"message_id": "m", "subject": "s", "group_id": "g"},
    )
    with producer(hub) as client:
        client.send_batch([sent], partition_id="0")
    [event] = received(hub, 1)
    raw = event.raw_amqp_message
    same((raw.header.durable, raw.header.priority), (True, 7))
    same(raw.annotations[b"mine"], 5)
    same(raw.footer[b"f"], 2)
    same((raw.properties.subject, raw.properties.group_id), (b"s", b"g"))


@check("reads what JavaScript sent")
def from_javascript():
    first, binary, value, sequence = received(SETTINGS["fromJavaScript"], 4)
    same(first.body_as_json(), {"n": 1, "text": "grüße"})
    same((first.message_id, first.correlation_id), ("m-1", "c-1"))
    same(first.content_type, "application/json")
    same(as_text(first.properties), {"text": "grüße", "whole": 7, "fraction": 0.25, "yes": True})
    same(b"".join(binary.body), b"\x00\x01\xff")
    same(value.body, b"plain")
    same([list(part) for part in sequence.body], [[1, b"two"]])


@check("sends what JavaScript is to read")
def to_javascript():
    json_event = EventData('{"n":1,"text":"grüße"}')
    json_event.properties = PROPERTIES
    json_event.message_id = "m-1"
    json_event.correlation_id = "c-1"
    json_event.content_type = "application/json"
    with producer(SETTINGS["fromPython"]) as client:
        client.send_batch([json_event, EventData(b"\x00\x01\xff")], partition_id="0")
        client.send_batch([annotated(value_body="plain")], partition_id="0")
        client.send_batch([annotated(sequence_body=[[1, "two"]])], partition_id="0")
