"""Wrong keys, expired and foreign tokens, names that nobody knows."""

import time

from azure.core.credentials import AzureSasCredential
from azure.eventhub import EventData, EventHubProducerClient, EventHubSharedKeyCredential
from azure.eventhub._pyamqp.utils import generate_sas_token
from checks import check, failure, same
from harness import SETTINGS, consumer, fresh_hub, producer, reading


def ask(hub, **changes):
    text = SETTINGS["connectionString"]
    for old, new in changes.values():
        same(old in text, True)
        text = text.replace(old, new)

    def work():
        with producer(hub, text) as client:
            client.get_partition_ids()

    return work


def with_credential(hub, credential):
    return EventHubProducerClient(
        SETTINGS["host"],
        hub,
        credential,
        connection_verify=SETTINGS["authorityFile"],
        retry_total=0,
    )


def token(hub, lifetime_seconds):
    uri = f"sb://{SETTINGS['host']}/{hub}"
    expires_at = int(time.time()) + lifetime_seconds
    return generate_sas_token(uri, SETTINGS["keyName"], SETTINGS["key"], expires_at)


def put_token(hub, text):
    def work():
        with with_credential(hub, AzureSasCredential(text)) as client:
            client.send_batch([EventData("a")])

    return work


@check("refuses a wrong key")
def wrong_key():
    return failure(ask(fresh_hub(), key=(f"SharedAccessKey={SETTINGS['key']}", "SharedAccessKey=x")))


@check("refuses the name of an unknown key")
def wrong_key_name():
    return failure(ask(fresh_hub(), name=(SETTINGS["keyName"], "Nobody")))


@check("takes a token that the caller made")
def own_token():
    hub = fresh_hub()
    put_token(hub, token(hub, 600))()


@check("refuses a token that has expired")
def expired_token():
    hub = fresh_hub()
    return failure(put_token(hub, token(hub, -60)))


@check("refuses a token for another hub")
def foreign_token():
    return failure(put_token(fresh_hub(), token(fresh_hub(), 600)))


@check("takes key name and key as a credential")
def shared_key_credential():
    hub = fresh_hub()
    credential = EventHubSharedKeyCredential(SETTINGS["keyName"], SETTINGS["key"])
    with with_credential(hub, credential) as client:
        same(len(client.get_partition_ids()), 4)


@check("refuses a hub that is not there")
def unknown_hub():
    return failure(ask("nowhere"))


@check("refuses a consumer group that is not there")
def unknown_group():
    hub = fresh_hub()
    with reading(hub, client=consumer(hub, "nobody")) as readers:
        return readers.wait_for_error()


@check("refuses a partition that is not there, to a reader")
def unknown_partition():
    with reading(fresh_hub(), partition="9") as readers:
        return readers.wait_for_error()
