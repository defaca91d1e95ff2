"""Ways in, places, positions, settling and refusals."""

import base64
import hashlib
import hmac
import time
from urllib.parse import quote_plus

from checks import check, failure, same
from harness import (
    PATIENCE_SECONDS,
    SETTINGS,
    connected,
    fresh_hub,
    reader,
    received,
    send,
    trusting,
)
from proton import Message, symbol


def bodies(messages):
    return [message.body for message in messages]


@check("is let in with the key, and not with another")
def keys():
    with connected() as connection:
        send(connection, fresh_hub(), "a")

    def wrong():
        with connected(password="wrong"):
            pass

    return failure(wrong)


@check("is let in over TLS, where it trusts the authority")
def tls():
    with connected("amqps://localhost", ssl_domain=trusting()) as connection:
        hub = fresh_hub()
        send(connection, hub, "a")
        same(bodies(received(connection, hub, 1)), ["a"])


@check("is let in with a token that it puts, and has no link before")
def token():
    hub = fresh_hub()
    resource = quote_plus(f"sb://127.0.0.1:{SETTINGS['port']}/{hub}")
    expiry = int(time.time()) + 600
    digest = hmac.new(SETTINGS["key"].encode(), f"{resource}\n{expiry}".encode(), hashlib.sha256)
    signature = quote_plus(base64.b64encode(digest.digest()))
    text = f"SharedAccessSignature sr={resource}&sig={signature}&se={expiry}&skn={SETTINGS['keyName']}"
    asked = {
        "operation": "put-token",
        "type": "servicebus.windows.net:sastoken",
        "name": f"sb://127.0.0.1:{SETTINGS['port']}/{hub}",
    }
    with connected(user=None, password=None, allowed_mechs="ANONYMOUS") as connection:
        refusal = failure(lambda: connection.create_sender(hub))
        same("unauthorized-access" in refusal, True)
        replies = connection.create_receiver("$cbs", name="replies")
        requests = connection.create_sender("$cbs")
        requests.send(Message(id=1, reply_to="replies", properties=asked, body=text))
        answer = replies.receive(timeout=PATIENCE_SECONDS)
        same((int(answer.properties["status-code"]), int(answer.correlation_id)), (202, 1))
        send(connection, hub, "a")


@check("spreads events without a partition")
def spread():
    hub = fresh_hub()
    with connected() as connection:
        link = connection.create_sender(hub)
        for number in range(8):
            link.send(Message(body=str(number)))
        for partition in "0123":
            same(len(received(connection, hub, 2, partition=partition)), 2)


@check("reads behind and from a sequence number, an offset and a time")
def positions():
    hub = fresh_hub()
    with connected() as connection:
        send(connection, hub, "a", "b", "c")
        second = received(connection, hub, 3)[1].annotations
        place, moment = second["x-opt-offset"], int(second["x-opt-enqueued-time"])
        for selector, expected in (
            ("amqp.annotation.x-opt-sequence-number > '1'", ["c"]),
            ("amqp.annotation.x-opt-sequence-number >= '1'", ["b", "c"]),
            (f"amqp.annotation.x-opt-offset > '{place}'", ["c"]),
            (f"amqp.annotation.x-opt-offset >= '{place}'", ["b", "c"]),
            (f"amqp.annotation.x-opt-enqueued-time > '{moment - 60_000}'", ["a", "b", "c"]),
        ):
            same(bodies(received(connection, hub, len(expected), selector)), expected)


@check("reads 3,000 events that it accepts one by one: nothing of them stays behind")
def settled():
    hub = fresh_hub()
    with connected() as connection:
        link = connection.create_sender(f"{hub}/Partitions/0")
        for _ in range(3_000):
            link.link.send(Message(body="x"))
        same(len(received(connection, hub, 3_000)), 3_000)


@check("is told why a hub, a partition or a filter is refused, and goes on")
def refusals():
    hub = fresh_hub()
    with connected() as connection:
        unknown = failure(lambda: connection.create_sender("nowhere"))
        same("amqp:not-found" in unknown, True)
        elsewhere = failure(lambda: reader(connection, hub, partition="9"))
        filtered = failure(lambda: reader(connection, hub, "what = 'ever'"))
        same("com.microsoft:argument-error" in filtered, True)
        send(connection, hub, "a")
        same(bodies(received(connection, hub, 1)), ["a"])
        return f"{unknown} / {elsewhere} / {filtered}"


@check("is told that an event is too large, and sends the next on the same link")
def too_large():
    hub = fresh_hub()
    with connected() as connection:
        link = connection.create_sender(f"{hub}/Partitions/0")
        text = failure(lambda: link.send(Message(body=b"x" * 1_100_000)))
        link.send(Message(body="fits"))
        same(bodies(received(connection, hub, 1)), ["fits"])
        return text
