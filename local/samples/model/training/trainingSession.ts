/** Runs the training graph: a batch in, gradients and scores out. */
import '../../../predictionEndpoint/model/quietRuntime.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { defectMapStridePx, defectMapTags, tagCount } from '../network.ts';
import type { Weights } from '../weights.ts';
import { trainingGraph } from './trainingGraph.ts';

export interface Batch {
  readonly photoCount: number;
  readonly sizePx: number;
  /** Planes of red, green and blue, photo after photo, normalised. */
  readonly data: Float32Array;
  readonly target: Float32Array;
  readonly defects: Float32Array;
}

/** What a run answers, by the output's name. */
export type Answers = (name: string) => Float32Array;

export interface TrainingSession {
  run(batch: Batch): Promise<Answers>;
}

/** @param weights - read again at every run. */
export async function openTrainingSession(
  weights: Weights,
  threadCount: number,
): Promise<TrainingSession> {
  const graph = trainingGraph(weights.parameters);
  const session = await InferenceSession.create(graph, { intraOpNumThreads: threadCount });
  return {
    async run(batch) {
      const outputs = await session.run({ ...batchFeeds(batch), ...weightFeeds(weights) });
      return (name) => float32Of(name, outputs[name]);
    },
  };
}

function batchFeeds({ photoCount, sizePx, data, target, defects }: Batch) {
  const mapSize = sizePx / defectMapStridePx;
  return {
    data: new Tensor('float32', data, [photoCount, 3, sizePx, sizePx]),
    target: new Tensor('float32', target, [photoCount, tagCount]),
    defects: new Tensor('float32', defects, [photoCount, defectMapTags.length, mapSize, mapSize]),
  };
}

function weightFeeds({ parameters }: Weights): Record<string, Tensor> {
  return Object.fromEntries(
    parameters.map(({ name, values, dims }) => [name, new Tensor('float32', values, dims)]),
  );
}

function float32Of(name: string, tensor: Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new Error(`the training graph answered no ${name}`);
}
