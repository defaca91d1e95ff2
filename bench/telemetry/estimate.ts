/**
 * What a figure of paired turns is worth: the same figure of turns drawn again and again from those
 * that were seen, and where the middle 95 % of them lie.
 * Source: Efron, "Bootstrap Methods: Another Look at the Jackknife" (percentile intervals), 1979.
 */
import { randomStream } from '../../local/samples/render/random.ts';
import { type Measure, quantile } from '../measure.ts';

type Estimate = Required<Pick<Measure, 'value' | 'interval'>>;

const drawCount = 1_000;

/** @param figure - of any choice of turns, some of them more than once. */
export function estimate<Turn>(
  turns: readonly Turn[],
  figure: (turns: readonly Turn[]) => number,
  seed = 1,
): Estimate {
  const random = randomStream(seed);
  const drawn = () => turns.flatMap(() => turns[Math.floor(random.next() * turns.length)] ?? []);
  const figures = Array.from({ length: drawCount }, () => figure(drawn()));
  const interval = { low: quantile(figures, 0.025), high: quantile(figures, 0.975) };
  return { value: figure(turns), interval };
}
