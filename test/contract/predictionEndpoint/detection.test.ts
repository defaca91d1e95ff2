/** Detection exports in both layouts: boxes where something is, none where nothing is. */
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { answered, cloudPath, postImage } from './helpers/calls.ts';
import {
  choosingDetector,
  chosenSidePx,
  detectorLabels,
  gridDetector,
  gridSidePx,
} from './helpers/detectorGraphs.ts';
import { type ExportFixtureOptions, exportFixture } from './helpers/exportFixture.ts';
import { blue, red } from './helpers/photos.ts';

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const manifest = { DomainType: 'ObjectDetection', Platform: 'ONNX' };
const labelsText = detectorLabels.join('\n');

async function started(exported: ExportFixtureOptions): Promise<PredictionEndpoint> {
  const { modelDir, remove } = await exportFixture({ manifest, labelsText, ...exported });
  ends.push(remove);
  const endpoint = await startPredictionEndpoint({ modelDir });
  ends.push(() => endpoint.stop());
  return endpoint;
}

interface Spot {
  readonly row: number;
  readonly column: number;
  readonly colour: typeof red;
}

/** White, with cells of 32 pixels in other colours. */
async function spotted(sidePx: number, spots: readonly Spot[]): Promise<Buffer> {
  const white = {
    create: { width: sidePx, height: sidePx, channels: 3, background: '#fff' },
  } as const;
  const squares = spots.map(({ row, column, colour }) => ({
    input: { create: { width: 32, height: 32, channels: 3, background: colour } } as const,
    top: row * 32,
    left: column * 32,
  }));
  return sharp(white).composite(squares).png().toBuffer();
}

interface Prediction {
  readonly tagName: string;
  readonly tagId: string | number;
  readonly probability: number;
  readonly boundingBox: { left: number; top: number; width: number; height: number };
}

async function found(
  endpoint: PredictionEndpoint,
  photo: Buffer,
  path = cloudPath(endpoint).replace('classify', 'detect'),
): Promise<readonly Prediction[]> {
  const { status, body } = await answered(postImage(endpoint, photo, { path }));
  expect(status).toBe(200);
  return Object(body).predictions;
}

const twoSpots = [
  { row: 2, column: 7, colour: red },
  { row: 8, column: 1, colour: blue },
];

describe('a grid detector', () => {
  it.each(['nchw', 'nhwc'] as const)(
    'of layout %s finds what is there, as large as its anchor',
    async (layout) => {
      const endpoint = await started({ modelBytes: gridDetector(layout) });

      const predictions = await found(endpoint, await spotted(gridSidePx, twoSpots));

      const [blueSpot, redSpot] = predictions.toSorted((one, other) =>
        one.tagName.localeCompare(other.tagName),
      );
      expect(predictions).toHaveLength(2);
      expect([blueSpot?.tagName, redSpot?.tagName]).toEqual(['blue', 'red']);
      // The middle of cell (2, 7) of 13, and the first anchor of 0.573 by 0.677 cells.
      expect(redSpot?.boundingBox.left).toBeCloseTo((7.5 - 0.573 / 2) / 13, 6);
      expect(redSpot?.boundingBox.top).toBeCloseTo((2.5 - 0.677 / 2) / 13, 6);
      expect(redSpot?.boundingBox.width).toBeCloseTo(0.573 / 13, 6);
      expect(redSpot?.boundingBox.height).toBeCloseTo(0.677 / 13, 6);
      expect(redSpot?.probability).toBeCloseTo(1 / (1 + Math.exp(6 - 0.05 * 255)), 3);
    },
  );

  it.each([
    ['two small boxes', undefined, 2],
    ['one of two large boxes that overlap', { Biases: '[4,4,4,4,4,4,4,4,4,4]' }, 1],
    [
      'two large boxes where they may overlap',
      { Biases: '[[4,4],[4,4],[4,4],[4,4],[4,4]]', NmsThreshold: '0.7' },
      2,
    ],
  ])('keeps %s of neighbouring cells', async (_, yolo, count) => {
    const metadata = Object.fromEntries(
      Object.entries(yolo ?? {}).map(([key, value]) => [
        `CustomVision.Postprocess.Yolo.${key}`,
        value,
      ]),
    );
    const endpoint = await started({ modelBytes: gridDetector(), metadata });
    const neighbours = [
      { row: 5, column: 5, colour: red },
      { row: 5, column: 6, colour: red },
    ];

    expect(await found(endpoint, await spotted(gridSidePx, neighbours))).toHaveLength(count);
  });

  it('finds nothing on an empty photo', async () => {
    const endpoint = await started({ modelBytes: gridDetector() });

    expect(await found(endpoint, await spotted(gridSidePx, []))).toEqual([]);
  });

  it('does not start with labels for another grid', async () => {
    const wrong = started({ modelBytes: gridDetector(), labelsText: 'one\ntwo\nthree' });

    await expect(wrong).rejects.toThrow(/no grid of boxes for 3 labels/);
  });
});

describe('a detector that chooses its boxes', () => {
  it.each([true, false])('finds what is there, with a batch axis: %s', async (hasBatchAxis) => {
    const endpoint = await started({ modelBytes: choosingDetector(hasBatchAxis) });

    const predictions = await found(endpoint, await spotted(chosenSidePx, twoSpots));

    const byTag = new Map(predictions.map((each) => [each.tagName, each.boundingBox]));
    expect(predictions).toHaveLength(2);
    expect(byTag.get('red')?.left).toBeCloseTo(0.7, 6);
    expect(byTag.get('red')?.top).toBeCloseTo(0.2, 6);
    expect(byTag.get('blue')?.left).toBeCloseTo(0.1, 6);
    expect(byTag.get('blue')?.height).toBeCloseTo(0.1, 6);
  });

  it('numbers its tags for the container, and rounds its boxes', async () => {
    const endpoint = await started({ modelBytes: choosingDetector() });

    const [only] = await found(
      endpoint,
      await spotted(chosenSidePx, twoSpots.slice(0, 1)),
      '/image',
    );

    const { width, top } = only?.boundingBox ?? { width: 0, top: 0 };
    expect(only).toMatchObject({ tagName: 'red', tagId: 1 });
    expect([Number(width.toFixed(8)), Number(top.toFixed(8))]).toEqual([width, top]);
    expect(width).toBeCloseTo(0.1, 6);
  });

  it('answers an empty list for an empty photo', async () => {
    const endpoint = await started({ modelBytes: choosingDetector() });

    expect(await found(endpoint, await spotted(chosenSidePx, []))).toEqual([]);
  });
});
