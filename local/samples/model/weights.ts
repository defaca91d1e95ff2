/** The numbers a network is made of: parameters that are trained, norm statistics that are tracked. */
import type { RandomStream } from '../render/random.ts';
import {
  convolutionShapes,
  defectMapTags,
  fineChannelCount,
  pooledCount,
  tagCount,
} from './network.ts';

export interface Parameter {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: Float32Array;
  /** Weight decay pulls on weights only, not on gains, offsets and biases. */
  readonly decays: boolean;
}

export interface NormStatistics {
  readonly name: string;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

export interface Weights {
  readonly parameters: readonly Parameter[];
  readonly norms: readonly NormStatistics[];
}

/** Defects cover little of a part: their maps start out at "none here". */
const defectBias = -3;

export function initialWeights(random: RandomStream): Weights {
  const shapes = convolutionShapes();
  const convolutions = shapes.flatMap(({ name, initialGain, ...shape }) => [
    drawn(random, `${name}.weights`, [
      shape.outChannelCount,
      shape.inChannelCount,
      shape.kernelPx,
      shape.kernelPx,
    ]),
    filled(`${name}.gain`, [1, shape.outChannelCount, 1, 1], initialGain),
    filled(`${name}.offset`, [1, shape.outChannelCount, 1, 1], 0),
  ]);
  const heads = [
    drawn(random, 'defects.weights', [defectMapTags.length, fineChannelCount, 1, 1]),
    filled('defects.bias', [1, defectMapTags.length, 1, 1], defectBias),
    drawn(random, 'tags.weights', [tagCount, pooledCount]),
    filled('tags.bias', [1, tagCount], 0),
  ];
  const norms = shapes.map(({ name, outChannelCount }) => ({
    name,
    mean: new Float32Array(outChannelCount),
    variance: new Float32Array(outChannelCount).fill(1),
  }));
  return { parameters: [...convolutions, ...heads], norms };
}

/** @throws Error where the weights are of another network. */
export function parameterOf(weights: Weights, name: string): Parameter {
  const parameter = weights.parameters.find((each) => each.name === name);
  if (!parameter) throw new Error(`the weights have no ${name}`);
  return parameter;
}

/** @throws Error where the weights are of another network. */
export function normOf(weights: Weights, name: string): NormStatistics {
  const norm = weights.norms.find((each) => each.name === name);
  if (!norm) throw new Error(`the weights have no statistics of ${name}`);
  return norm;
}

/** Everything in one run of float32, in a fixed order: what a checkpoint file holds. */
export function packWeights(weights: Weights): Buffer {
  return Buffer.concat(arraysOf(weights).map((values) => new Uint8Array(values.slice().buffer)));
}

/** @throws Error where the checkpoint is of another network. */
export function unpackWeights(checkpoint: Uint8Array, into: Weights): Weights {
  const bytes = Uint8Array.from(checkpoint);
  const expectedBytes = arraysOf(into).reduce((sum, values) => sum + values.byteLength, 0);
  if (bytes.length !== expectedBytes) throw new Error('the checkpoint is of another network');
  const all = new Float32Array(bytes.buffer);
  let offset = 0;
  for (const values of arraysOf(into)) {
    values.set(all.subarray(offset, offset + values.length));
    offset += values.length;
  }
  return into;
}

function arraysOf({ parameters, norms }: Weights): readonly Float32Array[] {
  return [
    ...parameters.map(({ values }) => values),
    ...norms.flatMap(({ mean, variance }) => [mean, variance]),
  ];
}

/** Uniform, with a bound that keeps the signal's size through the layer. */
function drawn(random: RandomStream, name: string, dims: readonly number[]): Parameter {
  const [, ...inputDims] = dims;
  const bound = 1 / Math.sqrt(product(inputDims));
  const values = new Float32Array(product(dims)).map(() => random.between(-bound, bound));
  return { name, dims, values, decays: true };
}

function filled(name: string, dims: readonly number[], value: number): Parameter {
  return { name, dims, values: new Float32Array(product(dims)).fill(value), decays: false };
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}
