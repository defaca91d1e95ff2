/** The form of a measurement, the same for every bench. */
export interface Measure {
  readonly name: string;
  /** `key=value,key=value`, or empty. */
  readonly case: string;
  readonly value: number;
  readonly unit: 'ratio' | 'ms' | 'perSecond' | 'count' | 'bytes';
  /** Where the value lies with 95 % certainty; whether a target holds is told by the value. */
  readonly interval?: { readonly low: number; readonly high: number };
  readonly target?: { readonly op: '>=' | '<='; readonly value: number };
}

export interface BenchOptions {
  readonly seed: number;
  /** Few rounds, to see that it runs. */
  readonly isQuick: boolean;
  /** The whole grid, however long it takes. */
  readonly isFull: boolean;
  /** Progress for people. */
  readonly say: (text: string) => void;
}

export type Bench = (options: BenchOptions) => Promise<readonly Measure[]>;

/** @returns `undefined` where there is no target. */
export function holds({ value, target }: Measure): boolean | undefined {
  if (target === undefined) return undefined;
  return target.op === '>=' ? value >= target.value : value <= target.value;
}

/** @param ratio - 0.5 for the median. @returns NaN for no values. */
export function quantile(values: readonly number[], ratio: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))] ?? Number.NaN;
}
