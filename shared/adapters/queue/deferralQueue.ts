/** The deferred queue on Queue storage. Messages are base64, as the host's queue trigger expects. */
import { type QueueClient, RestError } from '@azure/storage-queue';
import type { DeferralQueue } from '../../deferral/deferralQueue.ts';
import { messageOf, PipelineError } from '../../errors.ts';

/** Never expires: a message that waits seven days must outlive the default of seven days. */
const neverExpires = -1;

export function storageDeferralQueue(queue: QueueClient): DeferralQueue {
  const unavailable = (operation: string, cause: unknown) =>
    new PipelineError(
      'QUEUE_UNAVAILABLE',
      `could not ${operation}: ${messageOf(cause)}`,
      { operation, queue: queue.name },
      { cause },
    );
  return {
    async send(text, delayMs) {
      const visibilityTimeout = Math.ceil(delayMs / 1_000);
      const options = { visibilityTimeout, messageTimeToLive: neverExpires };
      const sendOnce = () => queue.sendMessage(Buffer.from(text).toString('base64'), options);
      try {
        await sendOnce().catch(async (error: unknown) => {
          if (!isMissing(error)) throw error;
          await queue.createIfNotExists();
          await sendOnce();
        });
      } catch (error) {
        throw unavailable('park photos', error);
      }
    },
    async ping(abortSignal) {
      try {
        // Not there yet is no trouble: the first parked photo creates it.
        await queue.exists({ abortSignal });
      } catch (error) {
        throw unavailable('reach the queue', error);
      }
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404;
}
