import { describe, expect, it } from 'vitest';
import { adaptGraph } from '../../../local/predictionEndpoint/model/onnx/adaptGraph.ts';
import { onnxFile } from '../../contract/predictionEndpoint/helpers/onnxFile.ts';

const tiny = {
  sidePx: 4,
  weights: [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
};
const labels = ['ok', 'scratch: deep'];
const maps = onnxFile({ ...tiny, zipMapLabels: labels });

it('leaves a model alone that needs nothing, byte for byte', () => {
  const file = onnxFile(tiny);

  expect(adaptGraph(file)).toEqual({ model: file, labels: undefined, metadata: {} });
});

it('takes the labels out of the map and the map out of the model', () => {
  const { model, labels: found } = adaptGraph(maps);

  expect(found).toEqual(labels);
  expect(model.includes('ZipMap')).toBe(false);
  expect(model.includes('classlabels_strings')).toBe(false);
  expect(adaptGraph(model).model).toEqual(model);
});

it('tells what the model says of itself', () => {
  const metadata = { 'Image.BitmapPixelFormat': 'Rgb8', Author: 'Grüße' };

  expect(adaptGraph(onnxFile({ ...tiny, metadata })).metadata).toEqual(metadata);
});

it('puts a cast at both ends of a model of half the precision, once', () => {
  const { model } = adaptGraph(onnxFile({ ...tiny, element: 'float16' }));

  expect(model.includes('data__float32')).toBe(true);
  expect(model.includes('model_output__float32')).toBe(true);
  expect(adaptGraph(model).model).toEqual(model);
});

it.each([1, 6])('refuses ONNX operators of version %i in words for its owner', (opsetVersion) => {
  expect(() => adaptGraph(onnxFile({ ...tiny, opsetVersion }))).toThrow('export it as ONNX 1.2');
});

describe('a damaged model', () => {
  it('is refused wherever it was cut off, or read as far as it goes', () => {
    for (let sizeBytes = 0; sizeBytes < maps.length; sizeBytes += 1) {
      const cut = maps.subarray(0, sizeBytes);
      expect(outcomeOf(cut)).toMatch(/^(?:read|the model file is damaged)$/);
    }
  });

  it('never does more than be refused, whichever byte is wrong', () => {
    for (let atByte = 0; atByte < maps.length; atByte += 1) {
      const wrong = Buffer.from(maps);
      wrong[atByte] = (wrong[atByte] ?? 0) ^ 0xff;
      expect(outcomeOf(wrong)).toMatch(/^(?:read|the model )/);
    }
  });

  it('that counts without end is refused', () => {
    expect(outcomeOf(Buffer.alloc(64, 0xff))).toBe('the model file is damaged');
  });
});

function outcomeOf(file: Buffer): string {
  try {
    adaptGraph(file);
    return 'read';
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  }
}
