/** The model on both runtimes, and the settings an export brings along. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  type PredictionEndpoint,
  type PredictionEndpointOptions,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { postImage } from './helpers/calls.ts';
import {
  colourModel,
  type ExportFixtureOptions,
  exportFixture,
  pureColourProbability,
} from './helpers/exportFixture.ts';
import { onnxFile } from './helpers/onnxFile.ts';
import { blue, noisyJpeg, plain, red, redPng } from './helpers/photos.ts';

const hasNative = await import('onnxruntime-node').then(
  () => true,
  () => false,
);
if (!hasNative) {
  process.stderr.write('\n*** onnxruntime-node is not installed: only wasm is tested ***\n\n');
}
const runtimes = hasNative ? (['native', 'wasm'] as const) : (['wasm'] as const);

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function started(
  exported: ExportFixtureOptions,
  options: PredictionEndpointOptions = {},
): Promise<PredictionEndpoint> {
  const { modelDir, remove } = await exportFixture(exported);
  ends.push(remove);
  const endpoint = await startPredictionEndpoint({ modelDir, ...options });
  ends.push(() => endpoint.stop());
  return endpoint;
}

async function scores(endpoint: PredictionEndpoint, photo: Buffer): Promise<Map<string, number>> {
  const response = await postImage(endpoint, photo, { path: '/image' });
  const { predictions }: { predictions: { tagName: string; probability: number }[] } = JSON.parse(
    await response.text(),
  );
  return new Map(predictions.map(({ tagName, probability }) => [tagName, probability]));
}

describe('a runtime', () => {
  it.each(runtimes)('named %s scores as the arithmetic says', async (runtime) => {
    const endpoint = await started({}, { runtime });

    const seen = await scores(endpoint, await redPng());

    expect(endpoint.runtime).toBe(runtime);
    expect(seen.get('red')).toBeCloseTo(pureColourProbability, 4);
    expect(seen.get('Negative')).toBeCloseTo((1 - pureColourProbability) / 3, 4);
  });

  it('is the native one where that is installed', async () => {
    const endpoint = await started({}, { runtime: 'auto' });

    expect(endpoint.runtime).toBe(runtimes[0]);
  });

  it('gives the same scores as the other within a thousandth', async () => {
    const photo = await noisyJpeg();

    const [first, second = first] = await Promise.all(
      runtimes.map(async (runtime) => scores(await started({}, { runtime }), photo)),
    );

    for (const [tag, probability] of first ?? []) {
      expect(Math.abs(probability - (second?.get(tag) ?? 0))).toBeLessThan(1e-3);
    }
  });
});

const tiny = {
  sidePx: 32,
  weights: [
    [0.02, 0, 0, 0],
    [0, 0.02, 0, 0],
    [0, 0, 0.02, 0],
  ],
};

/** 96 by 32 pixels: a square of the second colour between two of the first. */
async function sides(outer: typeof red, inner: typeof red): Promise<Buffer> {
  const square = { create: { width: 32, height: 32, channels: 3, background: inner } } as const;
  return plain(outer, 96, 32)
    .composite([{ input: square, left: 32, top: 0 }])
    .png()
    .toBuffer();
}

describe('an export', () => {
  const onnx = { Platform: 'ONNX', DomainType: 'Classification' };
  const normalized = { 'Image.NominalPixelRange': 'Normalized_0_1' };

  const whole = { tag: 'red', probability: pureColourProbability };
  const fraction = { tag: 'red', probability: Math.exp(0.02) / (Math.exp(0.02) + 3) };

  it.each([
    ['is fed blue first without a word about it', {}, whole],
    ['is fed blue first', { metadata: { 'Image.BitmapPixelFormat': 'Bgr8' } }, whole],
    [
      'is fed red first',
      { metadata: { 'Image.BitmapPixelFormat': 'Rgb8' } },
      { ...whole, tag: 'blue' },
    ],
    ['is fed fractions', { metadata: normalized, manifest: onnx }, fraction],
    [
      'of another platform is fed whole numbers all the same',
      { metadata: normalized, manifest: { Platform: 'TensorFlow' } },
      whole,
    ],
  ])('%s', async (_, exported, { tag, probability }) => {
    const endpoint = await started(exported);

    const seen = await scores(endpoint, await redPng());

    expect(seen.get(tag)).toBeCloseTo(probability, 4);
  });

  it.each(runtimes)('that answers maps is cut to answer numbers, on %s', async (runtime) => {
    const zipMapLabels = ['azure', 'green', 'red', 'Negative'];
    const modelBytes = onnxFile({ ...tiny, zipMapLabels });
    const endpoint = await started({ modelBytes, labelsText: null }, { runtime });

    const seen = await scores(endpoint, await redPng());

    expect([...seen.keys()]).toEqual(zipMapLabels);
    expect(seen.get('red')).toBeCloseTo(pureColourProbability, 4);
  });

  it.each(runtimes)(
    'of half the precision is fed and read all the same, on %s',
    async (runtime) => {
      const modelBytes = onnxFile({ ...tiny, element: 'float16' });
      const endpoint = await started({ modelBytes }, { runtime });

      expect((await scores(endpoint, await redPng())).get('red')).toBeCloseTo(
        pureColourProbability,
        3,
      );
    },
  );

  it('says more of itself in the model than beside it', async () => {
    const inside = { 'Image.BitmapPixelFormat': 'Rgb8' };
    const modelBytes = onnxFile({ ...tiny, metadata: inside });
    const endpoint = await started({
      modelBytes,
      metadata: { 'Image.BitmapPixelFormat': 'Bgr8' },
    });

    expect((await scores(endpoint, await redPng())).get('blue')).toBeGreaterThan(0.9);
  });

  it('is given the centre square where it was trained on that', async () => {
    const crop = { 'CustomVision.Preprocess.CropMethod': 'FullImageShorterSide' };
    const wide = await sides(blue, red);

    const stretched = await scores(await started({}), wide);
    const cropped = await scores(await started({ metadata: crop }), wide);

    expect(stretched.get('blue')).toBeGreaterThan(stretched.get('red') ?? 1);
    expect(cropped.get('red')).toBeCloseTo(pureColourProbability, 2);
  });

  it.each<[string, ExportFixtureOptions, RegExp]>([
    [
      'another platform',
      { manifest: { Platform: 'TensorFlow', ModelFileName: 'model.zip' } },
      /exported for TensorFlow; export the iteration as ONNX/,
    ],
    ['nothing', { manifest: {} }, /it holds no model.onnx/],
  ])('that is of %s says what it is instead', async (_, exported, message) => {
    await expect(started({ ...exported, modelBytes: null })).rejects.toThrow(message);
  });

  it.each([
    ['a folder that is not there', '/nowhere', 'there is no such folder'],
    ['a file', import.meta.filename, 'it is a file; unzip the export'],
  ])('named by %s says so', async (_, modelDir, message) => {
    await expect(startPredictionEndpoint({ modelDir })).rejects.toThrow(message);
  });

  it('without an iteration gets a stable one', async () => {
    const first = await started({ manifest: {} });
    const second = await started({ manifest: {} });

    expect(first.iterationId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f-]{16}$/);
    expect(second.iterationId).toBe(first.iterationId);
  });

  it.each<[string, ExportFixtureOptions, RegExp]>([
    ['labels for another model', { labelsText: 'one\ntwo' }, /4 probabilities for 2 labels/],
    ['a broken model', { modelBytes: colourModel.subarray(0, 90) }, /./],
    [
      'a classifier that calls itself a detector',
      { manifest: { DomainType: 'ObjectDetection' } },
      /no grid of boxes for 4 labels/,
    ],
    [
      'a model of the first ONNX version',
      { modelBytes: onnxFile({ ...tiny, opsetVersion: 1 }) },
      /export it as ONNX 1.2 or later/,
    ],
    ['no labels at all', { labelsText: null }, /no labels.txt/],
  ])('with %s does not start', async (_, exported, message) => {
    await expect(started(exported)).rejects.toThrow(message);
  });
});
