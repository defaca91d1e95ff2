/** The deferred queue on Queue storage. Messages are base64, as the host's queue trigger expects. */
import type { QueueClient } from '@azure/storage-queue';
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
      try {
        await queue.sendMessage(Buffer.from(text).toString('base64'), options);
      } catch (error) {
        throw unavailable('park photos', error);
      }
    },
    async ping(abortSignal) {
      try {
        await queue.getProperties({ abortSignal });
      } catch (error) {
        throw unavailable('reach the queue', error);
      }
    },
  };
}
