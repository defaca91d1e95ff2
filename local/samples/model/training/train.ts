/** Trains the network from its random start; the same photos and seeds give the same weights. */
import { type RandomStream, randomStream } from '../../render/random.ts';
import { tags } from '../../tags.ts';
import { networkInputPx, tagCount } from '../network.ts';
import type { StoredPhoto } from '../photoFiles.ts';
import { initialWeights, type Weights } from '../weights.ts';
import { makeBatch } from './batches.ts';
import { Optimizer } from './optimizer.ts';
import { openTrainingSession } from './trainingSession.ts';

export interface TrainingOptions {
  readonly photos: readonly StoredPhoto[];
  readonly epochCount: number;
  readonly threadCount: number;
  readonly onProgress: (progress: Progress) => void;
  readonly onEpoch: (epoch: number, average: Weights) => Promise<void>;
}

export interface Progress {
  readonly step: number;
  readonly totalStepCount: number;
  /** Cross-entropy of the photos' own tags, averaged since the last report. */
  readonly loss: number;
}

const batchPhotoCount = 48;
const startSeed = 7;
const orderSeed = 99;
const stepsPerReport = 50;

/** @returns the moving average of the weights, which is the model. */
export async function train(options: TrainingOptions): Promise<Weights> {
  const { photos, epochCount, threadCount, onEpoch } = options;
  const totalStepCount = epochCount * Math.floor(photos.length / batchPhotoCount);
  const weights = initialWeights(randomStream(startSeed));
  const session = await openTrainingSession(weights, threadCount);
  const optimizer = new Optimizer(weights, totalStepCount);
  const random = randomStream(orderSeed);
  const report = lossReport(options.onProgress, totalStepCount);
  for (let epoch = 1; epoch <= epochCount; epoch += 1) {
    for (const chosen of batchesOf(photos, random)) {
      const answers = await session.run(makeBatch(chosen, networkInputPx, random));
      optimizer.step(answers);
      report(meanLoss(chosen, answers('confidences')));
    }
    await onEpoch(epoch, optimizer.average);
  }
  return optimizer.average;
}

/** @yields all photos in random order; those that fill no whole batch wait for the next epoch. */
function* batchesOf(photos: readonly StoredPhoto[], random: RandomStream) {
  const order = photos
    .map((photo) => ({ photo, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ photo }) => photo);
  for (let from = 0; from + batchPhotoCount <= order.length; from += batchPhotoCount) {
    yield order.slice(from, from + batchPhotoCount);
  }
}

function meanLoss(photos: readonly StoredPhoto[], confidences: Float32Array): number {
  const losses = photos.map(
    ({ tag }, index) => -Math.log(confidences[index * tagCount + tags.indexOf(tag)] ?? 0),
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

function lossReport(onProgress: TrainingOptions['onProgress'], totalStepCount: number) {
  let step = 0;
  let lossSum = 0;
  return (loss: number) => {
    step += 1;
    lossSum += loss;
    if (step % stepsPerReport !== 0) return;
    onProgress({ step, totalStepCount, loss: lossSum / stepsPerReport });
    lossSum = 0;
  };
}
