/** `npm start -- --model DIR`: an export of the user's in place of the demo's. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  openPredictionPart,
  predictionDocument,
  predictionSettings,
} from '../../../local/parts/prediction.ts';
import { readStartOptions } from '../../../local/startOptions.ts';
import { answered, postImage } from './helpers/calls.ts';
import { detectorLabels, gridDetector } from './helpers/detectorGraphs.ts';
import { type ExportFixtureOptions, exportFixture } from './helpers/exportFixture.ts';
import { redPng } from './helpers/photos.ts';

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function startedWith(exported: ExportFixtureOptions) {
  const { modelDir, remove } = await exportFixture(exported);
  ends.push(remove);
  const endpoint = await openPredictionPart(readStartOptions(['--model', modelDir]).world);
  ends.push(() => endpoint.stop());
  return endpoint.loaded;
}

describe('an export of the user', () => {
  it('answers under the name the app asks for', async () => {
    const endpoint = await startedWith({});

    const answer = await answered(
      postImage({ ...endpoint, publishedName: 'parts' }, await redPng()),
    );

    expect(answer.body).toMatchObject({ predictions: [{ tagName: 'red' }, {}, {}, {}] });
  });

  it('tells the app that its project detects', async () => {
    const endpoint = await startedWith({
      manifest: { DomainType: 'ObjectDetection', Platform: 'ONNX' },
      modelBytes: gridDetector(),
      labelsText: detectorLabels.join('\n'),
    });

    expect(predictionSettings(endpoint)).toMatchObject({ PREDICTION_PROJECT_TYPE: 'detect' });
    expect(predictionDocument(endpoint)).toMatchObject({ projectType: 'detect' });
  });

  it('that is none is refused in words for its owner', async () => {
    const { world } = readStartOptions(['--model', '/nowhere']);

    await expect(openPredictionPart(world)).rejects.toThrow(
      '/nowhere is no ONNX export: there is no such folder',
    );
  });
});
