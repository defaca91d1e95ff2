/** What the model card reports, out of scored photos. */
import { type Tag, tags } from '../tags.ts';
import type { ScoredPhoto } from './scoring.ts';

/** Below this a photo goes to review, by the app's default setting. */
const reviewBelow = 0.7;
const calibrationBinCount = 15;

export interface Figures {
  readonly photoCount: number;
  readonly accuracy: number;
  /** Standard error of the accuracy. */
  readonly accuracyError: number;
  /** Share of photos with a top score below 0.7, and what share of all mistakes is among them. */
  readonly lowRatio: number;
  readonly mistakesLowRatio: number;
  readonly accuracyOfRest: number;
  readonly calibrationError: number;
  readonly meanTop: number;
  readonly meanBrightness: number;
}

interface Judged {
  readonly tag: Tag;
  readonly predicted: Tag;
  readonly top: number;
  readonly isRight: boolean;
  readonly severity: number;
}

function judge({ tag, severity, confidences }: ScoredPhoto): Judged {
  const top = Math.max(...confidences);
  const predicted = tags[confidences.indexOf(top)] ?? 'Negative';
  return { tag, predicted, top, isRight: predicted === tag, severity };
}

export function figuresOf(photos: readonly ScoredPhoto[]): Figures {
  const judged = photos.map(judge);
  const low = judged.filter(({ top }) => top < reviewBelow);
  const rest = judged.filter(({ top }) => top >= reviewBelow);
  const accuracy = rightRatio(judged);
  return {
    photoCount: judged.length,
    accuracy,
    accuracyError: Math.sqrt((accuracy * (1 - accuracy)) / judged.length),
    lowRatio: low.length / judged.length,
    mistakesLowRatio: mistakeCount(low) / Math.max(1, mistakeCount(judged)),
    accuracyOfRest: rightRatio(rest),
    calibrationError: calibrationErrorOf(judged),
    meanTop: mean(judged.map(({ top }) => top)),
    meanBrightness: mean(photos.map(({ brightness }) => brightness)),
  };
}

/** Rows are the truth, columns what the model said, both in the order of the labels. */
export function confusionOf(photos: readonly ScoredPhoto[]): readonly (readonly number[])[] {
  const judged = photos.map(judge);
  return tags.map((tag) =>
    tags.map(
      (predicted) =>
        judged.filter((each) => each.tag === tag && each.predicted === predicted).length,
    ),
  );
}

/**
 * Expected calibration error over bins of equal width.
 * Source: Guo et al., On Calibration of Modern Neural Networks, ICML 2017.
 */
function calibrationErrorOf(judged: readonly Judged[]): number {
  const bins = Map.groupBy(judged, ({ top }) =>
    Math.min(calibrationBinCount - 1, Math.floor(top * calibrationBinCount)),
  );
  const gaps = [...bins.values()].map((bin) => {
    const gap = Math.abs(rightRatio(bin) - mean(bin.map(({ top }) => top)));
    return gap * (bin.length / judged.length);
  });
  return gaps.reduce((sum, gap) => sum + gap, 0);
}

function rightRatio(judged: readonly Judged[]): number {
  return 1 - mistakeCount(judged) / Math.max(1, judged.length);
}

function mistakeCount(judged: readonly Judged[]): number {
  return judged.filter(({ isRight }) => !isRight).length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
