import {
  EventHubConsumerClient,
  EventHubProducerClient,
  earliestEventPosition,
} from '@azure/event-hubs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { eventHubPublisher } from '../../../shared/adapters/eventHubs/eventPublisher.ts';
import { processPhoto } from '../../../shared/pipeline/processPhoto.ts';
import { type ResultEvent, resultEventSchema } from '../../../shared/results/resultEvent.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  ampleBudget,
  photoRef,
  pipelineAnswering,
  scratch,
  uploadOf,
} from '../../helpers/pipeline.ts';

let hub: EventHub;

beforeAll(async () => {
  hub = await startEventHub({
    hubs: [{ name: 'predictions', partitionCount: 1, consumerGroups: [] }],
  });
});
afterAll(() => hub.stop());

const retryOptions = { maxRetries: 0, timeoutInMs: 3_000 };

function producerOf(name: string) {
  return new EventHubProducerClient(hub.connectionString, name, { retryOptions });
}

function publisherTo(name: string) {
  return eventHubPublisher(producerOf(name));
}

async function someEvent(): Promise<ResultEvent> {
  const { deps, photos, events } = pipelineAnswering(scratch);
  photos.upload(photoRef, { bytes: await goodPhoto() });
  await processPhoto(deps, uploadOf(photoRef), ampleBudget);
  return resultEventSchema.parse(events.published[0]);
}

async function received(count: number) {
  const consumer = new EventHubConsumerClient('$Default', hub.connectionString, 'predictions');
  const got: Partial<Record<'body' | 'messageId' | 'contentType' | 'properties', unknown>>[] = [];
  const subscription = consumer.subscribe(
    {
      processEvents: async (events) =>
        void got.push(
          ...events.map(({ body, messageId, contentType, properties }) => ({
            body,
            messageId,
            contentType,
            properties,
          })),
        ),
      processError: async () => {},
    },
    { startPosition: earliestEventPosition, maxBatchSize: 100, maxWaitTimeInSeconds: 1 },
  );
  await vi.waitFor(() => expect(got).toHaveLength(count), { timeout: 10_000 });
  await subscription.close();
  await consumer.close();
  return got;
}

it('publishes events that overlap in shared batches, each once, as CloudEvents', async () => {
  const event = await someEvent();
  const producer = producerOf('predictions');
  const sends = vi.spyOn(producer, 'sendBatch');
  const publisher = eventHubPublisher(producer);

  const ids = Array.from({ length: 60 }, (_, index) => `id-${index}`);
  await Promise.all(ids.map((id) => publisher.publish({ ...event, id })));
  await publisher.close();

  const got = await received(60);
  expect(got.map(({ messageId }) => String(messageId)).toSorted()).toEqual(ids.toSorted());
  expect(got[0]).toMatchObject({
    contentType: 'application/cloudevents+json',
    body: { type: 'io.sightglass.prediction.completed.v1', traceparent: event.traceparent },
    properties: { traceparent: event.traceparent, 'Diagnostic-Id': event.traceparent },
  });
  expect(sends.mock.calls.length).toBeLessThanOrEqual(2);
});

it('tells every waiting publication when the hub can not be reached', async () => {
  const event = await someEvent();
  const publisher = publisherTo('nobody');

  const ends = await Promise.allSettled([publisher.publish(event), publisher.publish(event)]);
  await publisher.close();

  for (const end of ends) {
    expect(end).toMatchObject({ status: 'rejected', reason: { code: 'EVENTS_UNAVAILABLE' } });
  }
});

it('goes on publishing after a failure', async () => {
  const event = await someEvent();
  const publisher = publisherTo('predictions');
  const huge = { ...event, subject: 'x'.repeat(1_100_000) };

  await expect(publisher.publish(huge)).rejects.toMatchObject({ code: 'EVENTS_UNAVAILABLE' });
  await expect(publisher.publish(event)).resolves.toBeUndefined();
  await publisher.close();
});

it('turns an event away that no batch can hold, and publishes its neighbours', async () => {
  const event = await someEvent();
  const publisher = publisherTo('predictions');
  const huge = { ...event, id: 'huge', subject: 'x'.repeat(1_100_000) };

  const ends = await Promise.allSettled(
    [event, huge, event].map((each) => publisher.publish(each)),
  );
  await publisher.close();

  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(ends[1]).toMatchObject({
    reason: { code: 'EVENTS_UNAVAILABLE', message: expect.stringContaining('1048576 bytes') },
  });
});
