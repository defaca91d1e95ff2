/** When a refused call may be tried again. It keeps its place, but the slot it had is spent. */
export type Turn =
  | { readonly kind: 'again'; readonly atMs: number }
  /** The wait would go beyond what the photo may wait here. */
  | { readonly kind: 'park'; readonly atMs: number };

/** The service counts by the second: without a hint a second is enough. */
const defaultHintMs = 1_000;

/**
 * The endpoint's hint and up to as much again, so that those told the same do not come back in the
 * same instant.
 *
 * @param random - uniform in [0, 1).
 */
export function turnAfterRefusal(
  hintMs: number | undefined,
  nowMs: number,
  deadlineMs: number,
  random: () => number,
): Turn {
  const waitMs = hintMs ?? defaultHintMs;
  if (nowMs + waitMs >= deadlineMs) return { kind: 'park', atMs: nowMs + waitMs };
  const atMs = nowMs + waitMs * (1 + random());
  return { kind: atMs < deadlineMs ? 'again' : 'park', atMs };
}
