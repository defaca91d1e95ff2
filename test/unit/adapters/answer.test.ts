import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../shared/adapters/predictionWire/answer.ts';

const classify = { projectType: 'classify', expectedTags: [] } as const;
const cloud = {
  id: 'p-1',
  project: 'x',
  iteration: 'it-1',
  created: '2026-11-24T10:00:00Z',
  predictions: [
    { tagName: 'ok', tagId: 't-1', tagType: 'Regular', probability: 0.2, boundingBox: null },
    { tagName: 'Negative', tagId: 't-2', tagType: 'Negative', probability: 0.8 },
  ],
};

it('reads an answer of the cloud, highest confidence first', () => {
  expect(readAnswer(JSON.stringify(cloud), classify)).toEqual({
    kind: 'predicted',
    prediction: {
      predictionId: 'p-1',
      iterationId: 'it-1',
      tags: [
        { tag: 'Negative', tagId: 't-2', tagType: 'Negative', confidence: 0.8, box: undefined },
        { tag: 'ok', tagId: 't-1', tagType: 'Regular', confidence: 0.2, box: undefined },
      ],
    },
  });
});

it('reads an answer of an exported container with its empty ids, numeric tags and boxes', () => {
  const boundingBox = { left: -0.01, top: 0.2, width: 0.3, height: 0.4 };
  const predictions = [{ tagName: 'ok', tagId: 1, probability: 0.5, boundingBox }];
  const text = JSON.stringify({ id: '', project: '', iteration: '', predictions });

  const answer = readAnswer(text, { projectType: 'detect', expectedTags: [] });

  expect(answer).toMatchObject({
    prediction: {
      predictionId: undefined,
      iterationId: undefined,
      tags: [{ tagId: '1', box: { leftRatio: -0.01, heightRatio: 0.4 } }],
    },
  });
});

it('lets a detector find nothing, but not a classifier', () => {
  const text = JSON.stringify({ ...cloud, predictions: [] });

  expect(readAnswer(text, { ...classify, projectType: 'detect' }).kind).toBe('predicted');
  expect(readAnswer(text, classify)).toMatchObject({ failure: { code: 'answer-empty' } });
});

it('calls a tag nobody expects a wrong model, not a bad photo', () => {
  const answer = readAnswer(JSON.stringify(cloud), { ...classify, expectedTags: ['ok'] });

  expect(answer).toMatchObject({
    failure: { class: 'misconfigured', code: 'answer-unknown-tag' },
  });
});

describe('answers that are no predictions', () => {
  const withProbability = (probability: unknown) =>
    JSON.stringify({ predictions: [{ tagName: 'ok', probability }] });

  it.each([
    ['null', 'answer-null'],
    ['<html>502</html>', 'answer-html'],
    ['"Error: could not preprocess"', 'answer-text'],
    ['Error processing image', 'answer-text'],
    ['{"predictions":[{"tagName":"ok","probability":0.9', 'answer-text'],
    ['{}', 'answer-shape'],
    ['[]', 'answer-shape'],
    ['{"predictions":null}', 'answer-shape'],
    ['{"0":"E","1":"r"}', 'answer-shape'],
    ['{"predictions":[{"tagName":"ok","probability":NaN}]}', 'answer-not-a-number'],
    [withProbability('NaN'), 'answer-not-a-number'],
    [withProbability('0.5'), 'answer-not-a-number'],
    [withProbability(null), 'answer-not-a-number'],
    [withProbability(1.2), 'answer-not-a-number'],
    [withProbability(-0.1), 'answer-not-a-number'],
  ])('names %s %s and allows one more try', (text, code) => {
    expect(readAnswer(text, classify)).toMatchObject({
      kind: 'failed',
      failure: { class: 'transient', code, rejectAs: code },
    });
  });
});
