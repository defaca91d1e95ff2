/** What the use cases need from the world; composition and tests decide what stands behind it. */
import type { Budgets } from '../deferral/budgets.ts';
import type { DeferralQueue } from '../deferral/deferralQueue.ts';
import type { ClaimStore } from '../ledger/claimStore.ts';
import type { EntryStore } from '../ledger/entryStore.ts';
import type { OutcomeStore } from '../ledger/outcomeStore.ts';
import type { ReadSize } from '../photo/intake.ts';
import type { PhotoStore } from '../photo/photoStore.ts';
import type { ApprovedStorage } from '../photo/readCapture.ts';
import type { Predictor } from '../prediction/predictor.ts';
import type { Governor } from '../quota/governor.ts';
import type { EventPublisher } from '../results/eventPublisher.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

export interface Clock {
  nowMs(): number;
  /** Resolves after that time, or once the signal is aborted. */
  pause(durationMs: number, signal: AbortSignal): Promise<void>;
}

/** In the operator's currency. */
export interface Prices {
  /** Of one answered call. */
  readonly prediction: number;
}

export interface PipelineDeps {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Never the same twice, in any process. */
  readonly newId: () => string;
  readonly photos: PhotoStore;
  readonly claims: ClaimStore;
  /** How long a claim holds without being renewed; twice the longest step under it, and more. */
  readonly claimTtlMs: number;
  readonly entries: EntryStore;
  readonly outcomes: OutcomeStore;
  readonly predictor: Predictor;
  /** Each call to the predictor takes a slot of it first. */
  readonly quota: Governor;
  readonly events: EventPublisher;
  readonly deferrals: DeferralQueue;
  readonly telemetry: Telemetry;
  readonly prices: Prices;
  /** What a photo may fail by itself before it is given up. */
  readonly budgets: Budgets;
  readonly readSize: ReadSize;
  /** Runs `work` over the items, a bounded number at a time, keeping their order. */
  readonly mapBounded: <Item, Result>(
    items: readonly Item[],
    work: (item: Item) => Promise<Result>,
  ) => Promise<Result[]>;
  readonly approved: ApprovedStorage;
  /** Where photos sent inside camera events are kept. */
  readonly inlineContainer: string;
  /** Fraction in [0, 1]. */
  readonly reviewBelowConfidence: number;
  /** That is meant to answer; any where absent. */
  readonly expectedIterationId?: string | undefined;
}

/** How long one invocation may go on. */
export interface Budget {
  /** No new photo is started after this instant. */
  readonly startUntilMs: number;
  /** Aborted when even running work has to end. */
  readonly signal: AbortSignal;
  /** Aborted when the process is to end: nothing new is started, what runs is brought to its end. */
  readonly stopping?: AbortSignal;
}

/** Whether another photo may be started. */
export function hasTimeLeft(clock: Clock, { startUntilMs, stopping }: Budget): boolean {
  return clock.nowMs() < startUntilMs && !stopping?.aborted;
}
