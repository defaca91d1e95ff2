/**
 * The two queues in which the SDK holds spans and records until they are sent. A full one drops what
 * comes and tells nobody; and the distro sends records each second whatever the environment says,
 * where a send costs as much as several photos' telling.
 */

/* oxlint-disable no-underscore-dangle -- the names are the SDK's, and there is no public way */

import { recordQueues, spanQueues } from './sdkParts.ts';

export interface BatchQueues {
  /** How long records wait for others to be sent with. */
  paceRecords(delayMs: number): void;
  /** The next one is dropped. */
  isFull(kind: 'spans' | 'records'): boolean;
}

/** They are looked for when they are first asked for: the filters before them are made earlier. */
export function batchQueues(): BatchQueues {
  let found: ReturnType<typeof findQueues> | undefined;
  const queues = () => (found ??= findQueues());
  return {
    paceRecords(delayMs) {
      for (const queue of queues().records) queue._scheduledDelayMillis = delayMs;
    },
    isFull(kind) {
      const { spans, records } = queues();
      return kind === 'spans'
        ? spans.some((queue) => queue._finishedSpans.length >= queue._maxQueueSize)
        : records.some((queue) => queue._finishedLogRecords.length >= queue._maxQueueSize);
    },
  };
}

function findQueues() {
  return { spans: spanQueues(), records: recordQueues() };
}
