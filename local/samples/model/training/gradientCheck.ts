/**
 * Holds the hand-written backward pass against finite differences. For each parameter the loss is
 * measured a little up and a little down its gradient: the slope must be the gradient's own length.
 */
import { type RandomStream, randomStream } from '../../render/random.ts';
import { defectMapStridePx, defectMapTags, tagCount } from '../network.ts';
import { initialWeights, type Parameter } from '../weights.ts';
import { defectLossWeight, gradientName, markedWeight } from './trainingGraph.ts';
import { type Answers, type Batch, openTrainingSession } from './trainingSession.ts';

export interface GradientError {
  readonly name: string;
  /** Difference of the measured slope from the gradient's length, over that length. */
  readonly errorRatio: number;
}

const photoCount = 4;
const sizePx = 64;
/** How far to move, as a change of the loss: small for a straight line, large for float32. */
const lossStep = 4e-3;

export async function checkGradients(seed: number): Promise<readonly GradientError[]> {
  const random = randomStream(seed);
  const weights = initialWeights(random);
  // At gain 0 a block's first half has no gradient to check.
  for (const { name, values } of weights.parameters) {
    if (name.endsWith('.gain')) values.forEach((_, at) => (values[at] = random.between(0.5, 1.5)));
  }
  const session = await openTrainingSession(weights, 1);
  const batch = randomBatch(random);
  const answers = await session.run(batch);
  const lossNow = async () => lossOf(batch, await session.run(batch));
  const errors: GradientError[] = [];
  for (const parameter of weights.parameters) {
    const gradient = answers(gradientName(parameter));
    errors.push({
      name: parameter.name,
      errorRatio: await slopeError(parameter, gradient, lossNow),
    });
  }
  return errors;
}

async function slopeError(
  { values }: Parameter,
  gradient: Float32Array,
  lossNow: () => Promise<number>,
): Promise<number> {
  const lengthOfGradient = Math.sqrt(gradient.reduce((sum, each) => sum + each * each, 0));
  const distance = lossStep / lengthOfGradient;
  const start = values.slice();
  const lossAt = (offset: number) => {
    values.forEach((_, at) => {
      values[at] = (start[at] ?? 0) + (offset * (gradient[at] ?? 0)) / lengthOfGradient;
    });
    return lossNow();
  };
  const above = await lossAt(distance);
  const below = await lossAt(-distance);
  values.set(start);
  return Math.abs((above - below) / (2 * distance) - lengthOfGradient) / lengthOfGradient;
}

function randomBatch(random: RandomStream): Batch {
  const mapSize = sizePx / defectMapStridePx;
  const target = new Float32Array(photoCount * tagCount);
  for (let photo = 0; photo < photoCount; photo += 1) {
    target[photo * tagCount + random.integer(tagCount)] = 1;
  }
  const cellCount = photoCount * defectMapTags.length * mapSize ** 2;
  return {
    photoCount,
    sizePx,
    data: new Float32Array(photoCount * 3 * sizePx ** 2).map(() => random.between(-2, 2)),
    target,
    defects: new Float32Array(cellCount).map(() => (random.next() < 0.2 ? 1 : 0)),
  };
}

function lossOf({ target, defects }: Batch, answers: Answers): number {
  const confidences = answers('confidences');
  const tagLoss = target.reduce(
    (sum, share, at) => sum - share * Math.log(confidences[at] ?? 0),
    0,
  );
  const ratios = answers('defectRatios');
  const defectLoss = defects.reduce((sum, isMarked, at) => {
    const ratio = ratios[at] ?? 0;
    return sum - (isMarked ? markedWeight * Math.log(ratio) : Math.log(1 - ratio));
  }, 0);
  return tagLoss / photoCount + (defectLossWeight * defectLoss) / defects.length;
}
