/** Latencies as they are in the field: lognormal, told by their median and 95th percentile. */
import { randomStream } from '../../local/samples/render/random.ts';

/** Standard normal quantile of 0.95. */
const z95 = 1.645;

export interface Draws {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Time to the next arrival of a Poisson stream. */
  gapMs(perSecond: number): number;
  networkMs(): number;
  answerMs(): number;
  storageMs(): number;
}

/** Sources of the figures: docs/decisions/008. */
export function draws(seed: number): Draws {
  const { next } = randomStream(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const lognormal = (medianMs: number, p95Ms: number) => {
    const sigma = Math.log(p95Ms / medianMs) / z95;
    return () => medianMs * Math.exp(sigma * normal());
  };
  return {
    uniform: next,
    gapMs: (perSecond) => (-1_000 * Math.log(1 - next())) / perSecond,
    networkMs: lognormal(10, 25),
    answerMs: lognormal(300, 600),
    storageMs: lognormal(8, 25),
  };
}
