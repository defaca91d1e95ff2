import { expect, it } from 'vitest';
import { captureOutcomeKey, photoOutcomeKey } from '../../shared/ledger/outcomeKey.ts';
import { outcomeBlobName } from '../../shared/ledger/outcomeStore.ts';
import { model, photoRef } from '../helpers/pipeline.ts';

it('names an outcome by photo version and model, the same for ever', () => {
  // Worked out apart from the code: sha256 of
  // acme|photos|a.jpg|0x8D|customVision/5f1d8b5e-0c2a-4c1e-9a51-1c0f0a6d2e11/parts, in base32.
  expect(photoOutcomeKey(photoRef, '"0x8D"', model)).toBe(
    'gwopoz4avjg4ookabbze2siisjjlvgv7o754v7wqug2vwolzlzqq',
  );
});

it('gives quoted and plain ETags the same key', () => {
  const key = photoOutcomeKey(photoRef, '0x8D', model);

  expect(photoOutcomeKey(photoRef, 'W/"0x8D"', model)).toBe(key);
});

it('gives other versions, models and events other keys', () => {
  const keys = [
    photoOutcomeKey(photoRef, '0x8D', model),
    photoOutcomeKey(photoRef, '0x8E', model),
    photoOutcomeKey(photoRef, '0x8D', { ...model, publishedName: 'parts-2' }),
    photoOutcomeKey({ ...photoRef, container: 'line-photos' }, '0x8D', model),
    captureOutcomeKey('captures/0:1', model),
    captureOutcomeKey('captures/0:2', model),
  ];

  expect(new Set(keys).size).toBe(keys.length);
});

it('puts an outcome into the folder of its model and of the photo’s day', () => {
  const dayMs = Date.parse('2026-11-24T23:59:59Z');

  expect(outcomeBlobName('parts v2', dayMs, 'k')).toBe('parts%20v2/2026-11-24/k.json');
});
