"""What the checks share: connections of Proton to the stand-in, fresh hubs, links and comparisons."""

import itertools
import json
import os
from contextlib import contextmanager

from proton import Message, SSLDomain
from proton.reactor import Selector
from proton.utils import BlockingConnection

SETTINGS = json.loads(os.environ["STAND_IN"])
PATIENCE_SECONDS = 30

_hub_numbers = itertools.count()
_reader_numbers = itertools.count()


def fresh_hub():
    """A hub of four partitions that no other check uses."""
    return f"hub-{next(_hub_numbers)}"


@contextmanager
def connected(address="amqp://127.0.0.1", **options):
    """With the key itself, as SASL PLAIN shows it, unless the options say otherwise."""
    login = {"user": SETTINGS["keyName"], "password": SETTINGS["key"], "allowed_mechs": "PLAIN"}
    connection = BlockingConnection(
        f"{address}:{SETTINGS['port']}",
        timeout=PATIENCE_SECONDS,
        allow_insecure_mechs=True,
        **{**login, **options},
    )
    try:
        yield connection
    finally:
        connection.close()


def trusting():
    domain = SSLDomain(SSLDomain.MODE_CLIENT)
    domain.set_trusted_ca_db(SETTINGS["authorityFile"])
    domain.set_peer_authentication(SSLDomain.VERIFY_PEER_NAME)
    return domain


def reader(connection, hub, selector=None, partition="0", **options):
    address = f"{hub}/ConsumerGroups/$Default/Partitions/{partition}"
    name = f"reader-{next(_reader_numbers)}"
    filters = None if selector is None else Selector(selector)
    return connection.create_receiver(address, name=name, options=filters, **options)


def received(connection, hub, count, selector=None, partition="0"):
    link = reader(connection, hub, selector, partition, credit=min(count, 100))
    messages = []
    for _ in range(count):
        messages.append(link.receive(timeout=PATIENCE_SECONDS))
        link.accept()
    link.close()
    return messages


def send(connection, hub, *bodies):
    link = connection.create_sender(f"{hub}/Partitions/0")
    for body in bodies:
        link.send(body if isinstance(body, Message) else Message(body=body))
    link.close()
