import { expect, it } from 'vitest';
import { confusionOf, figuresOf } from '../../../local/samples/model/figures.ts';
import type { ScoredPhoto } from '../../../local/samples/model/scoring.ts';
import { atTemperature, fitTemperature } from '../../../local/samples/model/temperature.ts';
import { type Tag, tags } from '../../../local/samples/tags.ts';

/** A photo whose top score is given, and the rest is shared evenly. */
function scored(tag: Tag, predicted: Tag, top: number): ScoredPhoto {
  const confidences = tags.map((each) => (each === predicted ? top : (1 - top) / 5));
  return { seed: 1, tag, severity: 1, confidences, brightness: 100 };
}

function repeated(count: number, photo: ScoredPhoto): ScoredPhoto[] {
  return Array.from({ length: count }, () => photo);
}

it('counts right answers, low scores and the mistakes among them', () => {
  const photos = [
    ...repeated(8, scored('speck', 'speck', 0.95)),
    scored('scratch', 'ok', 0.6),
    scored('scratch', 'scratch', 0.6),
  ];

  const figures = figuresOf(photos);

  expect(figures.accuracy).toBeCloseTo(0.9);
  expect(figures.lowRatio).toBeCloseTo(0.2);
  expect(figures.mistakesLowRatio).toBe(1);
  expect(figures.accuracyOfRest).toBe(1);
});

it('measures how far confidence is from accuracy', () => {
  const right = repeated(6, scored('ok', 'ok', 0.9));
  const wrong = repeated(4, scored('ok', 'speck', 0.9));

  expect(figuresOf([...right, ...wrong]).calibrationError).toBeCloseTo(0.3);
});

it('puts the truth in rows and the answer in columns', () => {
  const confusion = confusionOf([scored('flash', 'ok', 0.8), scored('flash', 'flash', 0.8)]);

  expect(confusion[0]).toEqual([1, 1, 0, 0, 0, 0]);
});

it('fits the temperature that makes confidence equal accuracy', () => {
  const right = repeated(9, scored('ok', 'ok', 0.99));
  const wrong = scored('speck', 'ok', 0.99);

  const temperature = fitTemperature([...right, wrong]);
  const calibrated = [...right, wrong].map((photo) => atTemperature(photo, temperature));

  expect(temperature).toBeGreaterThan(1);
  expect(figuresOf(calibrated).meanTop).toBeCloseTo(0.9, 2);
});
