/** Why a panel has nothing to show, in words for whoever sees it empty. */
import type { Emptiness } from './panel.ts';

const minuteMs = 60_000;

/** Those that are told when they happen. */
export const noPhotoEnded: Emptiness = { because: 'No photo has come to its end in this time.' };
export const noCalls: Emptiness = { because: 'No prediction call was made in this time.' };
export const nobodyWaits: Emptiness = { because: 'No photo has had to wait in this time.' };
export const none: Emptiness = { because: 'None in this time.' };

/** Those that a timer tells, whatever happens. */
export function untilTold(nowMs: number, by: 'reportQuota' | 'probeEndpoint' | 'reconcilePhotos') {
  const { everyMinutes, afterMs, words } = timers[by];
  const everyMs = everyMinutes * minuteMs;
  const nextAtMs = (Math.floor((nowMs - afterMs) / everyMs) + 1) * everyMs + afterMs;
  return { because: `Told ${words} by ${by}.`, nextAtMs };
}

/** As their functions are registered. */
const timers = {
  reportQuota: { everyMinutes: 5, afterMs: 0, words: 'every five minutes' },
  probeEndpoint: { everyMinutes: 5, afterMs: minuteMs / 2, words: 'every five minutes' },
  reconcilePhotos: { everyMinutes: 60, afterMs: 7 * minuteMs, words: 'every hour' },
} as const;
