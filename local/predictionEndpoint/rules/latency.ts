/** How long an answer takes at least: nothing, a fixed time, or a spread with a long tail. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

export const latencySchema = z.union([
  z.strictObject({ fixedMs: z.number().min(0) }),
  z.strictObject({ medianMs: z.number().positive(), p95Ms: z.number().positive() }),
]);

export type Latency = Readonly<z.output<typeof latencySchema>>;

/** The 95th percentile of the standard normal distribution. */
const normalP95 = 1.6449;

/** Keeps one unlucky draw from outlasting every test. */
const longestPerMedian = 20;

/** @param random - uniform in [0, 1). Log-normal where median and 95th percentile are given. */
export function latencyMs(latency: Latency, random: () => number): number {
  if ('fixedMs' in latency) return latency.fixedMs;
  const sigma = Math.log(latency.p95Ms / latency.medianMs) / normalP95;
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return latency.medianMs * Math.min(longestPerMedian, Math.exp(sigma * normal));
}

/** The latency in force, which may change between two calls. */
export function latencyDial(first: Latency, random: () => number) {
  let latency = first;
  return {
    nextMs: () => latencyMs(latency, random),
    set: (next: Latency) => {
      latency = latencySchema.parse(next);
    },
  };
}

/** Resolves early when the signal aborts: the answer then goes nowhere anyway. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  if (durationMs <= 0) return;
  await sleep(durationMs, undefined, { signal }).catch(() => undefined);
}
