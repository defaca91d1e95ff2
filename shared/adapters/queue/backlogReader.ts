/** How much is parked, from Queue storage. Looking takes no message away from anybody. */
import { type QueueClient, RestError } from '@azure/storage-queue';
import * as z from 'zod';
import type { BacklogReader } from '../../deferral/backlog.ts';
import { messageOf, PipelineError } from '../../errors.ts';

/** Messages due that are looked at, from the head: the queue is about in order, not exactly. */
const peekedCount = 32;

export function storageBacklogReader(
  deferred: QueueClient,
  poisoned: readonly QueueClient[],
): BacklogReader {
  return {
    async read(nowMs, abortSignal) {
      try {
        const [messageCount, dueAtMs, ...poisonedCounts] = await Promise.all([
          countOf(deferred, abortSignal),
          oldestDueAtMs(deferred, abortSignal),
          ...poisoned.map((queue) => countOf(queue, abortSignal)),
        ]);
        return {
          messageCount,
          overdueMs: Math.max(0, nowMs - (dueAtMs ?? nowMs)),
          poisonedCount: poisonedCounts.reduce((sum, count) => sum + count, 0),
        };
      } catch (error) {
        const operation = 'look at the backlog';
        const message = `could not ${operation}: ${messageOf(error)}`;
        const details = { operation, queue: deferred.name };
        throw new PipelineError('QUEUE_UNAVAILABLE', message, details, { cause: error });
      }
    },
  };
}

/** A queue that nobody has created yet is empty. */
async function orIfMissing<Value>(asking: Promise<Value>, value: Value): Promise<Value> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof RestError && error.statusCode === 404) return value;
    throw error;
  }
}

function countOf(queue: QueueClient, abortSignal: AbortSignal): Promise<number> {
  const asking = queue.getProperties({ abortSignal });
  return orIfMissing(
    asking.then(({ approximateMessagesCount }) => approximateMessagesCount ?? 0),
    0,
  );
}

const dueSchema = z.object({ dueAtMs: z.number() });

async function oldestDueAtMs(
  queue: QueueClient,
  abortSignal: AbortSignal,
): Promise<number | undefined> {
  const asking = queue.peekMessages({ numberOfMessages: peekedCount, abortSignal });
  const items = asking.then(({ peekedMessageItems }) => peekedMessageItems);
  const instants = (await orIfMissing(items, [])).map(({ messageText, insertedOn }) => {
    const due = dueSchema.safeParse(parsed(messageText));
    return due.success ? due.data.dueAtMs : insertedOn.getTime();
  });
  return instants.length === 0 ? undefined : Math.min(...instants);
}

function parsed(messageText: string): unknown {
  try {
    return JSON.parse(Buffer.from(messageText, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
