/** Several seeds of the same runs as one: a figure near its target is told by none of them alone. */
import type { Measure } from '../measure.ts';

/** @param bySeed - of each seed the same measures, in the same order. */
export function meanOf(bySeed: readonly (readonly Measure[])[]): Measure[] {
  const [first = []] = bySeed;
  return first.map((measure, index) => {
    const values = bySeed.flatMap((measures) => measures[index]?.value ?? []);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    // Sums of fractions end in noise: a mean of 0.03 is not more than 0.03.
    return { ...measure, value: Number(mean.toPrecision(12)) };
  });
}
