/**
 * Moves events to one reader: as fast as its credit, the throughput limit and the faults allow, and
 * in turns, so that one reader cannot hold up the others.
 */
import type { Sender } from 'rhea';
import type { Place } from './faults.ts';
import type { HubContext } from './hubContext.ts';
import { sendableCount } from './rheaServer.ts';

/** Events per turn of the event loop. */
const turnEventCount = 500;

export interface Pump {
  readonly wake: () => void;
  /** Answers a client that wants its credit used or gone. */
  readonly drain: () => void;
  readonly stop: () => void;
}

export interface Feed {
  readonly sender: Sender;
  readonly at: Place;
  /** Sends the next event. @returns its size, or `undefined` when there is none. */
  readonly sendBytes: () => number | undefined;
}

/** Runs the next turn when it is due. @returns a function that calls it off. */
function scheduleTurn(turn: () => void, at: Place, context: HubContext): () => void {
  const { faultBox, throughput, reorderGate } = context;
  const windowMs = faultBox.reorderWindowMs();
  if (windowMs !== undefined) return reorderGate.hold(turn, windowMs);
  const waitMs = Math.max(faultBox.delayMs('deliveries', at), throughput.outWaitMs());
  if (waitMs > 0) {
    const timer = setTimeout(turn, waitMs);
    return () => clearTimeout(timer);
  }
  const immediate = setImmediate(turn);
  return () => clearImmediate(immediate);
}

export function startPump({ sender, at, sendBytes }: Feed, context: HubContext): Pump {
  let queuedCount = 0;
  let callOff: (() => void) | undefined;
  let isLive = true;
  const sendUpTo = (budget: number): number => {
    let sentCount = 0;
    let sentBytes = 0;
    for (; sentCount < budget; sentCount += 1) {
      const bytes = sendBytes();
      if (bytes === undefined) break;
      sentBytes += bytes;
    }
    queuedCount += sentCount;
    if (sentCount > 0) context.throughput.takeOut(sentCount, sentBytes);
    return sentCount;
  };
  const turn = (): void => {
    callOff = undefined;
    if (!isLive) return;
    // Other readers may have used up what there was while this one waited.
    if (context.throughput.outWaitMs() > 0) {
      wake();
      return;
    }
    const budget = Math.min(sendableCount(sender, queuedCount), turnEventCount);
    if (budget > 0 && sendUpTo(budget) === budget) wake();
  };
  const wake = (): void => {
    if (callOff || !isLive) return;
    callOff = scheduleTurn(turn, at, context);
  };
  return {
    wake,
    drain() {
      turn();
      // Draining counts unused credit as if it had been delivered.
      queuedCount += Math.max(0, sendableCount(sender, queuedCount));
      sender.set_drained(true);
    },
    stop() {
      isLive = false;
      callOff?.();
      callOff = undefined;
    },
  };
}
