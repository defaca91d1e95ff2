import { beforeAll, expect, it } from 'vitest';
import { modelPixels, type StoredPhoto } from '../../../local/samples/model/photoFiles.ts';
import { initialWeights } from '../../../local/samples/model/weights.ts';
import { samplePhoto } from '../../../local/samples/photoSet.ts';
import { randomStream } from '../../../local/samples/render/random.ts';
import { tags } from '../../../local/samples/tags.ts';

/** Training needs the native runtime, which npm leaves out silently where it cannot be installed. */
const isNativeThere = await import('onnxruntime-node').then(
  () => true,
  () => false,
);

async function photos(count: number): Promise<StoredPhoto[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const { seed, jpeg, tag, severity, defectMask } = await samplePhoto({
        seed: index,
        sizePx: 128,
      });
      const mask = defectMask ?? new Uint8Array(28 * 28);
      return { seed, tag, severity, rgb: await modelPixels(jpeg), mask };
    }),
  );
}

let batchPhotos: StoredPhoto[] = [];

beforeAll(async () => {
  batchPhotos = await photos(12);
});

it.skipIf(!isNativeThere)('has a backward pass that agrees with finite differences', async () => {
  const { checkGradients } = await import('../../../local/samples/model/training/gradientCheck.ts');

  const errors = await checkGradients(11);

  expect(errors).toHaveLength(43);
  expect(Math.max(...errors.map(({ errorRatio }) => errorRatio))).toBeLessThan(0.05);
});

it.skipIf(!isNativeThere)('lowers the loss of a batch in twenty steps', async () => {
  const { makeBatch } = await import('../../../local/samples/model/training/batches.ts');
  const { Optimizer } = await import('../../../local/samples/model/training/optimizer.ts');
  const { openTrainingSession } = await import(
    '../../../local/samples/model/training/trainingSession.ts'
  );
  const random = randomStream(3);
  const weights = initialWeights(random);
  const session = await openTrainingSession(weights, 1);
  const optimizer = new Optimizer(weights, 1_000);
  const batch = makeBatch(batchPhotos, 64, random);

  const losses: number[] = [];
  for (let step = 0; step < 20; step += 1) {
    const answers = await session.run(batch);
    optimizer.step(answers);
    losses.push(lossOf(answers('confidences')));
  }

  expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.7);
});

function lossOf(confidences: Float32Array): number {
  const right = batchPhotos.map(
    ({ tag }, index) => confidences[index * tags.length + tags.indexOf(tag)] ?? 0,
  );
  return right.reduce((sum, confidence) => sum - Math.log(confidence), 0) / right.length;
}
