/** Reasons to wait that are no failures of the endpoint. */
import type { WaitingFailure } from '../prediction/failure.ts';

/** Why a photo waits: the endpoint's failure, another delivery at work on it, or its own writer. */
export type WaitingReason =
  | WaitingFailure
  | {
      readonly class: 'inFlight' | 'uncommitted';
      readonly code: 'CLAIM_HELD' | 'PHOTO_UNCOMMITTED';
      /** One line, safe to log. */
      readonly detail: string;
      /** When the other's claim ends at the latest; how long a writer may take. */
      readonly retryAfterMs: number;
    };
