/** Whose share of the quota a photo takes. */
import type { PhotoWork } from '../deferral/photoWork.ts';
import { type Lane, lanes } from '../quota/lanes.ts';

/** What has been parked before is drained work, however it came. */
export function laneOf({ deferralCount, source, lane }: PhotoWork): Lane {
  const named = lanes.find((known) => known === lane);
  if (named) return named;
  if (deferralCount > 0) return 'drained';
  return source.trigger === 'capture' ? 'line' : 'live';
}
