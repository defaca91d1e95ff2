/**
 * What a figure of paired processes is worth: the same figure of pairs drawn again and again from
 * those that were seen, and where the middle 95 % of them lie.
 * Source: Efron, "Bootstrap Methods: Another Look at the Jackknife" (percentile intervals), 1979.
 */
import { randomStream } from '../../local/samples/render/random.ts';
import { type Measure, quantile } from '../measure.ts';

type Estimate = Required<Pick<Measure, 'value' | 'interval'>>;

const drawCount = 1_000;

/** @param figure - of any choice of pairs, some of them more than once. */
export function estimate<Pair extends object | number>(
  pairs: readonly Pair[],
  figure: (pairs: readonly Pair[]) => number,
  seed = 1,
): Estimate {
  const random = randomStream(seed);
  const drawn = () => pairs.flatMap(() => pairs[Math.floor(random.next() * pairs.length)] ?? []);
  const figures = Array.from({ length: drawCount }, () => figure(drawn()));
  const interval = { low: quantile(figures, 0.025), high: quantile(figures, 0.975) };
  return { value: figure(pairs), interval };
}

interface Part {
  readonly values: readonly number[];
  /** Of the whole, in [0, 1], however many values there are. */
  readonly share: number;
}

/** Of values that were seen apart and come mixed. */
export function mixedQuantile(parts: readonly Part[], ratio: number): number {
  const weighed = parts
    .flatMap(({ values, share }) =>
      values.map((value) => ({ value, weight: share / values.length })),
    )
    .toSorted((left, right) => left.value - right.value);
  let weight = 0;
  for (const each of weighed) {
    weight += each.weight;
    if (weight > ratio) return each.value;
  }
  return weighed.at(-1)?.value ?? Number.NaN;
}
