"""The asynchronous client, and AMQP inside WebSockets."""

import asyncio

from azure.eventhub import EventData
from azure.eventhub.aio import EventHubConsumerClient, EventHubProducerClient
from checks import check, same
from harness import PATIENCE_SECONDS, SETTINGS, fresh_hub


async def round_trip(hub, **options):
    text = SETTINGS["connectionString"]
    trusting = {"eventhub_name": hub, "connection_verify": SETTINGS["authorityFile"], **options}
    seen = []
    async with EventHubProducerClient.from_connection_string(text, **trusting) as producer:
        batch = await producer.create_batch(partition_id="0")
        batch.add(EventData("a"))
        await producer.send_batch(batch)
    async with EventHubConsumerClient.from_connection_string(text, "app", **trusting) as consumer:

        async def on_event(_context, event):
            seen.append(event.body_as_str())

        work = asyncio.ensure_future(
            consumer.receive(on_event=on_event, partition_id="0", starting_position="-1")
        )
        for _ in range(PATIENCE_SECONDS * 20):
            if seen:
                break
            await asyncio.sleep(0.05)
        work.cancel()
    same(seen, ["a"])


@check("serves the asynchronous client")
def asynchronous():
    asyncio.run(round_trip(fresh_hub()))


@check("serves AMQP inside WebSockets")
def web_sockets():
    asyncio.run(round_trip(fresh_hub(), custom_endpoint_address=f"sb://{SETTINGS['host']}:5671"))
