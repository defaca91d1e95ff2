/** Why a photo waits: the endpoint's failure, or another delivery that is at work on it. */
import type { WaitingFailure } from '../prediction/failure.ts';

export type WaitingReason =
  | WaitingFailure
  | {
      readonly class: 'inFlight';
      readonly code: 'CLAIM_HELD';
      /** One line, safe to log. */
      readonly detail: string;
      /** When the claim of the other ends at the latest. */
      readonly retryAfterMs: number;
    };
