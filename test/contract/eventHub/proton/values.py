"""Bodies and properties of every kind, as single messages outside a batch."""

import uuid

from checks import check, same
from harness import SETTINGS, connected, fresh_hub, received, send
from proton import Message, byte, char, float32, int32, short, symbol, timestamp, ubyte, uint, ulong, ushort

PROPERTIES = {
    "text": "grüße",
    "long": -(2**63),
    "int": int32(-3),
    "short": short(-7),
    "byte": byte(-128),
    "ulong": ulong(2**64 - 1),
    "uint": uint(2**32 - 1),
    "ushort": ushort(65_535),
    "ubyte": ubyte(255),
    "double": 0.25,
    "float": float32(0.5),
    "yes": True,
    "no": False,
    "char": char("ü"),
    "time": timestamp(1_764_073_800_250),
    "id": uuid.UUID("12345678-1234-5678-1234-567812345678"),
    "bytes": b"\x00\xff",
    "mark": symbol("mark"),
}


def echoed(message):
    with connected() as connection:
        hub = fresh_hub()
        send(connection, hub, message)
        [seen] = received(connection, hub, 1)
        return seen


@check("keeps properties of every type")
def properties():
    seen = echoed(Message(body="a", properties=PROPERTIES)).properties
    for name, value in PROPERTIES.items():
        same(seen[name], value)


@check("keeps bodies of every type")
def bodies():
    sent = ["grüße", 7, {"n": 1, "list": [1, "two"]}, [1, "two"], True]
    raw = Message(body=b"\x00\x01\xff", inferred=True)
    with connected() as connection:
        hub = fresh_hub()
        send(connection, hub, raw, *sent)
        binary, *others = [message.body for message in received(connection, hub, 1 + len(sent))]
    same(bytes(binary), b"\x00\x01\xff")
    same(others, sent)


@check("keeps message id, correlation id, subject, content type and durability")
def system_fields():
    sent = Message(id="m-1", correlation_id="c-1", subject="s", durable=True, body="a")
    sent.content_type = "text/plain"
    seen = echoed(sent)
    same((seen.id, seen.correlation_id, seen.subject), ("m-1", "c-1", "s"))
    same((str(seen.content_type), seen.durable), ("text/plain", True))


@check("gives each event sequence number, offset and time, beside the sender's annotations")
def annotations():
    seen = echoed(Message(body="a", annotations={symbol("mine"): 5})).annotations
    same((seen["x-opt-sequence-number"], seen["x-opt-offset"], seen["mine"]), (0, "0", 5))
    same(type(seen["x-opt-enqueued-time"]), timestamp)


@check("reads what JavaScript sent")
def from_javascript():
    with connected() as connection:
        json_event, binary, value, sequence = received(connection, SETTINGS["fromJavaScript"], 4)
    same(bytes(json_event.body).decode(), '{"n":1,"text":"grüße"}')
    same((json_event.id, json_event.properties["text"]), ("m-1", "grüße"))
    same(bytes(binary.body), b"\x00\x01\xff")
    same(value.body, "plain")
    same([int(sequence.body[0]), sequence.body[1]], [1, "two"])
