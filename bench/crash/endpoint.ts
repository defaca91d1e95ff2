/** The paid prediction endpoint: knows what was paid, by whom, and what the dead left in flight. */
import type { RandomStream } from '../../local/samples/render/random.ts';
import type { PredictionAnswer } from '../../shared/prediction/predictor.ts';
import { photoNumberOf } from './camera.ts';
import { pause, type Time } from './time.ts';

export interface PaidEndpoint {
  predict(workerId: number, jpeg: Uint8Array): Promise<PredictionAnswer>;
  /** Photos this process paid for. */
  paidBy(workerId: number): readonly number[];
  /** Paid and without an outcome when its process died: paying again is not to be helped. */
  wasInFlight(photoNumber: number): void;
  /** Calls beyond the first for each photo. */
  paidTwiceCount(): number;
  /** Calls beyond the first that no call in flight at a kill excuses. */
  paidTwiceBeyondInFlightCount(): number;
  inFlightAtKillsCount(): number;
}

export interface Latency {
  readonly leastMs: number;
  readonly mostMs: number;
}

/**
 * The quick half of what a prediction takes. An answer within a few milliseconds, as fast as storage,
 * would put most kills between announcing and noting it, where in the cloud hardly any fall.
 */
export const quickAnswers: Latency = { leastMs: 40, mostMs: 160 };

/** As long as the cloud's, for a store whose calls take several times as long as the cloud's. */
export const usualAnswers: Latency = { leastMs: 200, mostMs: 800 };

export function paidEndpoint(
  time: Time,
  random: RandomStream,
  { leastMs, mostMs }: Latency = quickAnswers,
): PaidEndpoint {
  const payers = new Map<number, number[]>();
  const excused = new Map<number, number>();
  const extraOf = (photoNumber: number) => (payers.get(photoNumber)?.length ?? 1) - 1;
  const photoNumbers = () => [...payers.keys()];
  return {
    async predict(workerId, jpeg) {
      const photoNumber = photoNumberOf(jpeg);
      payers.set(photoNumber, [...(payers.get(photoNumber) ?? []), workerId]);
      await pause(time, random.between(leastMs, mostMs));
      const tags = [{ tag: 'ok', confidence: 0.9 }];
      return { kind: 'predicted', prediction: { predictionId: 'p', iterationId: 'i', tags } };
    },
    paidBy: (workerId) =>
      photoNumbers().filter((photoNumber) => payers.get(photoNumber)?.includes(workerId)),
    wasInFlight: (photoNumber) =>
      void excused.set(photoNumber, (excused.get(photoNumber) ?? 0) + 1),
    paidTwiceCount: () => sum(photoNumbers().map(extraOf)),
    paidTwiceBeyondInFlightCount: () =>
      sum(photoNumbers().map((each) => Math.max(0, extraOf(each) - (excused.get(each) ?? 0)))),
    inFlightAtKillsCount: () => sum([...excused.values()]),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
