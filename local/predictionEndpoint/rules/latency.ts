/**
 * How long an answer takes at least. With a seed the same calls in the same order take the same time
 * on every run.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { randomStream } from '../../samples/render/random.ts';

const seed = z.number().int().min(0).optional();

const fixedSchema = z.strictObject({ fixedMs: z.number().min(0) });

/** Log-normal, which is how service times are spread: a short body and a long tail. */
const spreadSchema = z.strictObject({
  medianMs: z.number().positive(),
  p95Ms: z.number().positive(),
  seed,
});

/** Two kinds of answers, as from a cache and past it. */
const bimodalSchema = z.strictObject({
  fastMs: z.number().min(0),
  slowMs: z.number().min(0),
  /** Fraction in [0, 1] of the answers that are slow. */
  slowShare: z.number().min(0).max(1),
  seed,
});

const warmSchema = z.union([fixedSchema, spreadSchema, bimodalSchema]);

/** The first calls after a pause pay for waking the model. */
const coldStartSchema = z.strictObject({
  coldMs: z.number().min(0),
  /** How many calls find it cold. */
  coldCallCount: z.number().int().positive().optional(),
  /** A pause this long makes it cold again. */
  idleMs: z.number().positive(),
  warm: warmSchema.optional(),
});

export const latencySchema = z.union([warmSchema, coldStartSchema]);

export type Latency = Readonly<z.output<typeof latencySchema>>;
type WarmLatency = Readonly<z.output<typeof warmSchema>>;

/** The 95th percentile of the standard normal distribution. */
const normalP95 = 1.6449;

/** Keeps one unlucky draw from outlasting every test. */
const longestPerMedian = 20;

export interface LatencyDial {
  readonly nextMs: () => number;
  /** Starts its draws anew where the latency brings a seed. */
  readonly set: (next: Latency) => void;
  readonly current: () => Latency;
}

/** The latency in force, which may change between two calls. */
export function latencyDial(
  first: Latency,
  random: () => number,
  nowMs: () => number,
): LatencyDial {
  let latency = latencySchema.parse(first);
  let nextMs = drawerOf(latency, random, nowMs);
  return {
    nextMs: () => nextMs(),
    set(next) {
      latency = latencySchema.parse(next);
      nextMs = drawerOf(latency, random, nowMs);
    },
    current: () => latency,
  };
}

function drawerOf(latency: Latency, random: () => number, nowMs: () => number): () => number {
  return 'coldMs' in latency
    ? coldStart(latency, warmDrawer(latency.warm ?? { fixedMs: 0 }, random), nowMs)
    : warmDrawer(latency, random);
}

/** @param random - uniform in [0, 1); draws where the latency has no seed of its own. */
function warmDrawer(latency: WarmLatency, random: () => number): () => number {
  if ('fixedMs' in latency) return () => latency.fixedMs;
  const draw = drawsOf(latency.seed, random);
  if ('slowMs' in latency) {
    return () => (draw() < latency.slowShare ? latency.slowMs : latency.fastMs);
  }
  const sigma = Math.log(latency.p95Ms / latency.medianMs) / normalP95;
  return () => {
    const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    return latency.medianMs * Math.min(longestPerMedian, Math.exp(sigma * normal));
  };
}

function drawsOf(seed: number | undefined, random: () => number): () => number {
  if (seed === undefined) return random;
  const stream = randomStream(seed);
  return () => stream.next();
}

function coldStart(
  { coldMs, idleMs, coldCallCount = 1 }: z.output<typeof coldStartSchema>,
  warmMs: () => number,
  nowMs: () => number,
): () => number {
  let calledAtMs = Number.NEGATIVE_INFINITY;
  let coldCallsLeft = 0;
  return () => {
    const atMs = nowMs();
    if (atMs - calledAtMs >= idleMs) coldCallsLeft = coldCallCount;
    calledAtMs = atMs;
    if (coldCallsLeft === 0) return warmMs();
    coldCallsLeft -= 1;
    return coldMs;
  };
}

/** Resolves early when the signal aborts: the answer then goes nowhere anyway. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  if (durationMs <= 0) return;
  await sleep(durationMs, undefined, { signal }).catch(() => undefined);
}
