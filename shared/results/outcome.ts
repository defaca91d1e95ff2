/** The one terminal record of a photo version and model, before it is written down. */
import type { CaptureContext, PhotoVersion } from '../photo/photo.ts';
import type { Decision } from '../prediction/decision.ts';
import type { ModelIdentity, Prediction } from '../prediction/prediction.ts';
import type { DeathReason } from './death.ts';
import type { RejectionReason } from './rejection.ts';

export interface PhotoFacts extends PhotoVersion {
  readonly sha256?: string | undefined;
  readonly format?: string | undefined;
  readonly widthPx?: number | undefined;
  readonly heightPx?: number | undefined;
}

/** How the photo came to us. */
export interface Source {
  readonly trigger: 'upload' | 'capture' | 'unknown';
  /** The sender's CloudEvent id, or `partition:sequence` of a camera event. */
  readonly eventId?: string | undefined;
  readonly context: CaptureContext;
}

/** Milliseconds spent in each stage, in the order of the photo's way; absent = not reached. */
export interface StageTimings {
  readonly openMs?: number;
  readonly claimMs?: number;
  readonly lookupMs?: number;
  readonly readMs?: number;
  readonly checkMs?: number;
  /** Waiting for its turn under the shared quota. */
  readonly slotMs?: number;
  readonly predictMs?: number;
  /** From first seen, waiting included, to the writing of this outcome. */
  readonly totalMs: number;
}

export interface Attempts {
  /** Times the photo was parked. */
  readonly deferralCount: number;
  readonly firstSeenAtMs: number;
}

/** What was to be predicted, as far as the work named it: all there is where no photo was found. */
export interface Wanted {
  readonly account: string;
  readonly container: string;
  readonly blobName: string;
  readonly etag?: string | undefined;
}

interface OutcomeBase {
  readonly outcomeKey: string;
  readonly model: ModelIdentity;
  readonly photo: PhotoFacts | undefined;
  readonly wanted?: Wanted | undefined;
  readonly source: Source;
  readonly attempts: Attempts;
  readonly timings: StageTimings;
  readonly settledAtMs: number;
  /** W3C trace context of the try that made it. */
  readonly traceparent?: string | undefined;
}

export interface PredictedOutcome extends OutcomeBase {
  readonly kind: 'predicted';
  readonly photo: PhotoFacts;
  readonly prediction: Prediction;
  /** Where another one answered. */
  readonly expectedIterationId?: string | undefined;
  readonly decision: Decision;
}

export interface RejectedOutcome extends OutcomeBase {
  readonly kind: 'rejected';
  readonly reason: RejectionReason;
  /** One line for people; the reason is for programs. */
  readonly message: string;
}

export interface DeadOutcome extends OutcomeBase {
  readonly kind: 'dead';
  readonly reason: DeathReason;
  readonly message: string;
  /** What was seen last: code and text of the error, or the start of the message. */
  readonly detail: string;
}

export type Outcome = PredictedOutcome | RejectedOutcome | DeadOutcome;
