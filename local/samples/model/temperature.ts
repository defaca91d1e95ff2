/**
 * One number that makes confidences honest: label smoothing leaves them too low, training too high.
 * Source: Guo et al., On Calibration of Modern Neural Networks, ICML 2017 (temperature scaling).
 */
import { tags } from '../tags.ts';
import type { ScoredPhoto } from './scoring.ts';

const least = 0.3;
const most = 3;
const gridStep = 0.01;

/** @param photos - of the validation set, scored at temperature 1. */
export function fitTemperature(photos: readonly ScoredPhoto[]): number {
  const candidates = Array.from(
    { length: Math.round((most - least) / gridStep) + 1 },
    (_, index) => least + index * gridStep,
  );
  const losses = candidates.map((temperature) => ({
    temperature,
    loss: photos.reduce((sum, photo) => sum + lossAt(photo, temperature), 0),
  }));
  const best = losses.reduce((found, each) => (each.loss < found.loss ? each : found));
  return Number(best.temperature.toFixed(2));
}

/**
 * The least temperature from `fromTemperature` on at which that share of the photos is in doubt. The
 * best-fitting one leaves a third of the mistakes just above the line where people would look.
 */
export function temperatureForDoubt(
  photos: readonly ScoredPhoto[],
  fromTemperature: number,
  doubt: { readonly belowConfidence: number; readonly shareRatio: number },
): number {
  const isInDoubt = (photo: ScoredPhoto, temperature: number) =>
    Math.max(...atTemperature(photo, temperature).confidences) < doubt.belowConfidence;
  for (let temperature = fromTemperature; temperature < most; temperature += gridStep) {
    const count = photos.filter((photo) => isInDoubt(photo, temperature)).length;
    if (count >= doubt.shareRatio * photos.length) return Number(temperature.toFixed(2));
  }
  return most;
}

/** Dividing scores by T before the softmax is raising confidences to 1/T after it. */
export function atTemperature(photo: ScoredPhoto, temperature: number): ScoredPhoto {
  const raised = photo.confidences.map((each) => each ** (1 / temperature));
  const total = raised.reduce((sum, each) => sum + each, 0);
  return { ...photo, confidences: raised.map((each) => each / total) };
}

function lossAt(photo: ScoredPhoto, temperature: number): number {
  const { confidences } = atTemperature(photo, temperature);
  return -Math.log(Math.max(1e-9, confidences[tags.indexOf(photo.tag)] ?? 0));
}
