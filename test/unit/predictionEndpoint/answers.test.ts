import { describe, expect, it } from 'vitest';
import { type Identity, stableId } from '../../../local/predictionEndpoint/identity.ts';
import { cloudAnswer, containerAnswer } from '../../../local/predictionEndpoint/routes/answers.ts';

const identity: Identity = {
  projectId: 'a-project',
  iterationId: 'an-iteration',
  projectType: 'classify',
  labels: ['ok', 'scratch', 'Negative'],
};
const detection: Identity = { ...identity, projectType: 'detect' };
const stamp = { predictionId: 'an-id', createdAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6) };
const findings = [
  { labelIndex: 0, probability: 0.123456789 },
  { labelIndex: 1, probability: 1e-8 },
  { labelIndex: 2, probability: 0.8 },
];
const box = { left: -0.123456789, top: 0, width: 1.000000001, height: 0.5 };
const tagId = (name: string) => stableId('tag', 'a-project', name);

describe('the cloud', () => {
  it('sorts by probability and tells the negative tag', () => {
    expect(cloudAnswer(identity, 'v3.1', findings, stamp)).toEqual({
      id: 'an-id',
      project: 'a-project',
      iteration: 'an-iteration',
      created: '2026-01-02T03:04:05.006Z',
      predictions: [
        { probability: 0.8, tagId: tagId('Negative'), tagName: 'Negative', tagType: 'Negative' },
        { probability: 0.123456789, tagId: tagId('ok'), tagName: 'ok', tagType: 'Regular' },
        { probability: 1e-8, tagId: tagId('scratch'), tagName: 'scratch', tagType: 'Regular' },
      ],
    });
  });

  it('sends boxes as they are', () => {
    const boxed = [{ labelIndex: 1, probability: 0.5, box }];

    expect(cloudAnswer(detection, 'v3.0', boxed, stamp).predictions).toEqual([
      { probability: 0.5, tagId: tagId('scratch'), tagName: 'scratch', boundingBox: box },
    ]);
  });
});

describe('the container', () => {
  it('keeps the order of the labels, rounds, and leaves out next to nothing', () => {
    const tag = { tagId: '', boundingBox: null };

    expect(containerAnswer(identity, findings, stamp, { dropsTiny: true })).toEqual({
      id: '',
      project: '',
      iteration: '',
      created: '2026-01-02T03:04:05.006000',
      predictions: [
        { ...tag, tagName: 'ok', probability: 0.12345679 },
        { ...tag, tagName: 'Negative', probability: 0.8 },
      ],
    });
  });

  it('numbers the tags of boxes, rounds their sides and leaves none out', () => {
    const boxed = [{ labelIndex: 1, probability: 1e-9, box }];

    expect(containerAnswer(detection, boxed, stamp, { dropsTiny: true }).predictions).toEqual([
      {
        tagId: 1,
        tagName: 'scratch',
        probability: 0,
        boundingBox: { left: -0.12345679, top: 0, width: 1, height: 0.5 },
      },
    ]);
  });
});

it('makes ids that are valid UUIDs and differ by every name', () => {
  const ids = [stableId('a', 'b'), stableId('a', 'c'), stableId('ab'), stableId('a\nb', '')];

  expect(new Set(ids).size).toBe(4);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
