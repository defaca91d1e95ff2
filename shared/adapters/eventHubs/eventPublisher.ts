/**
 * Result events to the predictions hub. Publications that overlap share a batch: while one send is
 * under way the next events gather, so a busy hub sees few large sends and a quiet one no delay.
 */
import type { EventData, EventHubProducerClient } from '@azure/event-hubs';
import { messageOf, PipelineError } from '../../errors.ts';
import type { EventPublisher } from '../../results/eventPublisher.ts';
import { cloudEventContentType, type ResultEvent } from '../../results/resultEvent.ts';

/** A wrong or absent hub must not hold photos for ever: the outcome is stored, a later try announces. */
const sendTimeoutMs = 20_000;

interface Pending {
  readonly event: EventData;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export function eventHubPublisher(producer: EventHubProducerClient): EventPublisher {
  let gathering: Pending[] = [];
  let isSending = false;

  async function sendGathered(): Promise<void> {
    if (isSending) return;
    isSending = true;
    while (gathering.length > 0) {
      const sending = gathering;
      gathering = [];
      await sendAll(producer, sending);
    }
    isSending = false;
  }

  return {
    publish: (event) =>
      new Promise((resolve, reject) => {
        gathering.push({ event: eventData(event), resolve, reject });
        void sendGathered();
      }),
    async ping(abortSignal) {
      try {
        await producer.getEventHubProperties({ abortSignal });
      } catch (error) {
        throw unavailable(producer, error);
      }
    },
    close: () => producer.close(),
  };
}

function eventData(event: ResultEvent): EventData {
  const { traceparent } = event;
  const data = { body: event, messageId: event.id, contentType: cloudEventContentType };
  // Both dialects. Many photos share a send: the SDK would put the first one's trace on all of them.
  return traceparent === undefined
    ? data
    : { ...data, properties: { traceparent, 'Diagnostic-Id': traceparent } };
}

/** Never throws: every pending publication is told its own end. */
async function sendAll(
  producer: EventHubProducerClient,
  pending: readonly Pending[],
): Promise<void> {
  const abortSignal = AbortSignal.timeout(sendTimeoutMs);
  let unsent = pending;
  try {
    while (unsent.length > 0) {
      const batch = await producer.createBatch({ abortSignal });
      const fitting = unsent.findIndex(({ event }) => !batch.tryAdd(event));
      const sending = unsent.slice(0, fitting === -1 ? unsent.length : fitting);
      if (sending.length > 0) await producer.sendBatch(batch, { abortSignal });
      for (const { resolve } of sending) resolve();
      unsent = unsent.slice(sending.length);
      // Too large for a batch of its own: its neighbours must not wait for it.
      if (sending.length === 0) unsent = withoutOversize(producer, unsent, batch.maxSizeInBytes);
    }
  } catch (error) {
    for (const { reject } of unsent) reject(unavailable(producer, error));
  }
}

/** @returns what comes behind the first, which is told that no batch will ever hold it. */
function withoutOversize(
  producer: EventHubProducerClient,
  [oversize, ...others]: readonly Pending[],
  maxBytes: number,
): readonly Pending[] {
  oversize?.reject(
    unavailable(producer, new Error(`the event exceeds a batch, ${maxBytes} bytes`)),
  );
  return others;
}

function unavailable(producer: EventHubProducerClient, cause: unknown): PipelineError {
  const hub = producer.eventHubName;
  const message = `could not reach hub ${hub}: ${messageOf(cause)}`;
  return new PipelineError('EVENTS_UNAVAILABLE', message, { hub }, { cause });
}
