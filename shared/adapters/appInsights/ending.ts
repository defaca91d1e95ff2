/** The end of telemetry in a process: what is left is sent, or kept on disk, or its number is told. */
import { shutdownAzureMonitor } from 'applicationinsights';
import type { Deliveries } from './deliveries.ts';
import { type Flushed, providers } from './sdkParts.ts';

/** Of the time there is, for sending; the rest is for writing to disk what was not sent by then. */
const sendingRatio = 0.7;

export interface Ending {
  readonly deliveries: Deliveries;
  /** Given up so far. */
  readonly droppedCount: () => number;
  /** Ends what is on its way. */
  readonly abort: () => void;
}

/** @returns how many records were lost by ending. */
export async function endWithin(limitMs: number, ending: Ending): Promise<number> {
  const { deliveries, droppedCount, abort } = ending;
  const droppedBeforeCount = droppedCount();
  const noMoreTime = setTimeout(abort, limitMs * sendingRatio);
  await withinLimit(sendAll(deliveries), limitMs);
  clearTimeout(noMoreTime);
  return droppedCount() - droppedBeforeCount + deliveries.inHandCount();
}

/** Counts come last: they tell of what the others came to. */
async function sendAll(deliveries: Deliveries): Promise<void> {
  const { records, counts } = providers();
  for (const some of [records, counts]) {
    await flushed(some);
    await deliveries.settled();
  }
  // What is under way when this begins would be given up.
  await shutdownAzureMonitor();
}

async function flushed(some: readonly Flushed[]): Promise<void> {
  await Promise.allSettled(some.map((provider) => provider.forceFlush()));
}

async function withinLimit(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([Promise.allSettled([work]), late]);
  clearTimeout(timer);
}
