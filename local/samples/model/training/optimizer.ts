/**
 * AdamW with warm-up, cosine decay and a clipped gradient, and beside the weights their moving
 * average, which is what becomes the model.
 * Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019; local-models facts 6.5.
 */
import type { Parameter, Weights } from '../weights.ts';
import { gradientName } from './trainingGraph.ts';
import type { Answers } from './trainingSession.ts';

const peakRate = 4e-3;
const warmUpStepCount = 200;
const weightDecay = 0.02;
const momentum = 0.9;
const squareMomentum = 0.999;
const mostGradientNorm = 2;
const longestMemory = 0.998;

interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export class Optimizer {
  readonly average: Weights;
  readonly #weights: Weights;
  readonly #totalStepCount: number;
  readonly #moments: readonly Moments[];
  #stepCount = 0;

  /** @param weights - changed in place, step by step. */
  constructor(weights: Weights, totalStepCount: number) {
    this.#weights = weights;
    this.#totalStepCount = totalStepCount;
    this.average = copyOf(weights);
    this.#moments = weights.parameters.map(({ values }) => ({
      first: new Float32Array(values.length),
      second: new Float32Array(values.length),
    }));
  }

  step(answers: Answers): void {
    this.#stepCount += 1;
    const { parameters } = this.#weights;
    const gradients = parameters.map((parameter) => answers(gradientName(parameter)));
    const norm = Math.sqrt(gradients.reduce((sum, gradient) => sum + squareSum(gradient), 0));
    const clip = Math.min(1, mostGradientNorm / norm);
    parameters.forEach((parameter, index) => {
      const gradient = gradients[index];
      const moments = this.#moments[index];
      if (gradient && moments) this.#move(parameter, { gradient, clip, moments });
    });
    this.#averageOver(answers);
  }

  #move(parameter: Parameter, { gradient, clip, moments }: Pull): void {
    const { values } = parameter;
    const { first, second } = moments;
    const rate = this.#rate();
    const decay = parameter.decays ? weightDecay : 0;
    const firstScale = 1 / (1 - momentum ** this.#stepCount);
    const secondScale = 1 / (1 - squareMomentum ** this.#stepCount);
    for (let index = 0; index < values.length; index += 1) {
      const slope = (gradient[index] ?? 0) * clip;
      const mean = momentum * (first[index] ?? 0) + (1 - momentum) * slope;
      const square = squareMomentum * (second[index] ?? 0) + (1 - squareMomentum) * slope * slope;
      first[index] = mean;
      second[index] = square;
      const value = values[index] ?? 0;
      const direction = (mean * firstScale) / (Math.sqrt(square * secondScale) + 1e-8);
      values[index] = value - rate * (direction + decay * value);
    }
  }

  #rate(): number {
    const warmUp = Math.min(1, this.#stepCount / warmUpStepCount);
    const decayStepCount = Math.max(1, this.#totalStepCount - warmUpStepCount);
    const progress = Math.max(0, this.#stepCount - warmUpStepCount) / decayStepCount;
    return peakRate * warmUp * 0.5 * (1 + Math.cos(Math.PI * progress));
  }

  #averageOver(answers: Answers): void {
    // A short memory at first, or the random start would linger.
    const keep = Math.min(longestMemory, this.#stepCount / (this.#stepCount + 50));
    this.average.parameters.forEach(({ values }, index) => {
      const latest = this.#weights.parameters[index]?.values;
      if (latest) blend(values, latest, keep);
    });
    for (const { name, mean, variance } of this.average.norms) {
      blend(mean, answers(`${name}.mean`), keep);
      blend(variance, answers(`${name}.variance`), keep);
    }
  }
}

interface Pull {
  readonly gradient: Float32Array;
  readonly clip: number;
  readonly moments: Moments;
}

function copyOf({ parameters, norms }: Weights): Weights {
  return {
    parameters: parameters.map((each) => ({ ...each, values: each.values.slice() })),
    norms: norms.map(({ name, mean, variance }) => ({
      name,
      mean: mean.slice(),
      variance: variance.slice(),
    })),
  };
}

function squareSum(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

function blend(into: Float32Array, latest: Float32Array, keep: number): void {
  for (let index = 0; index < into.length; index += 1) {
    into[index] = (into[index] ?? 0) * keep + (latest[index] ?? 0) * (1 - keep);
  }
}
