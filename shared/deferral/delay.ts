/** How long a parked photo waits. Pure: randomness is an argument. */
import type { WaitingReason } from './waitingReason.ts';

/** Longest wait a queue message may have. Source: Queue service limits, read 2026-11-23. */
export const maxDelayMs = 7 * 24 * 3_600_000;

/** Quota windows are one second: longer first waits waste quota, shorter ones meet the same window. */
const throttledBaseMs = 1_000;
const transientBaseMs = 2_000;
/** A wrong key is mended by people: asking sooner only makes noise. */
const misconfiguredBaseMs = 60_000;
/**
 * What passes by itself is asked again within a minute of its end, however long it lasted: an open
 * breaker and the shared quota keep the tries cheap. What people have to mend may wait longer.
 */
const jitterCapMs = 60_000;
const misconfiguredCapMs = 5 * 60_000;
/** Without a hint a spent month is asked again each hour. */
const exhaustedDelayMs = 3_600_000;

/**
 * The endpoint's own hint, plus full jitter that doubles with every parking, so that photos told
 * the same hint do not come back in the same instant.
 *
 * @param deferralCount - 1 for the first parking.
 * @param random - uniform in [0, 1).
 */
export function deferralDelayMs(
  failure: WaitingReason,
  deferralCount: number,
  random: () => number,
): number {
  const hintMs = 'retryAfterMs' in failure ? (failure.retryAfterMs ?? 0) : 0;
  if (failure.class === 'quotaExhausted') return Math.min(maxDelayMs, hintMs || exhaustedDelayMs);
  // How often a photo met another's claim says nothing of load: only its end counts.
  const doublingCount = failure.class === 'inFlight' ? 0 : deferralCount - 1;
  const capMs = failure.class === 'misconfigured' ? misconfiguredCapMs : jitterCapMs;
  const ceilingMs = Math.min(capMs, baseMs(failure) * 2 ** doublingCount);
  return Math.min(maxDelayMs, hintMs + floorMs(failure) + Math.floor(random() * ceilingMs));
}

function baseMs(failure: WaitingReason): number {
  if (failure.class === 'throttled') return throttledBaseMs;
  return failure.class === 'misconfigured' ? misconfiguredBaseMs : transientBaseMs;
}

function floorMs(failure: WaitingReason): number {
  return failure.class === 'misconfigured' ? misconfiguredBaseMs : 0;
}
