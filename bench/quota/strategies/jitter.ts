/** The usual advice: Retry-After, and full jitter on top that doubles. */
import { type Fleet, type Instance, type Item, retryAfterMs, type Strategy } from '../fleet.ts';

const baseMs = 1_000;
const capMs = 60_000;

export function jitter(fleet: Fleet): Strategy {
  const attempt = (instance: Instance, item: Item, refusedCount: number) =>
    fleet.call(instance, item, (isAccepted) => {
      if (isAccepted) return;
      const ceilingMs = Math.min(capMs, baseMs * 2 ** refusedCount);
      const waitMs = retryAfterMs + fleet.draws.uniform() * ceilingMs;
      fleet.after(instance, waitMs, () => attempt(instance, item, refusedCount + 1));
    });
  return {
    start() {},
    submit: (instance, item) => attempt(instance, item, 0),
  };
}
