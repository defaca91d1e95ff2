/**
 * Forward and backward pass as one ONNX graph. Inputs: `data`, the truth (`target`, `defects`) and
 * every parameter by its name; outputs: scores, norm statistics and a gradient for each parameter.
 *
 * The loss is the cross-entropy of the tags plus that of the defect maps, which only training needs:
 * told where to look, the network learns in a few epochs what it otherwise hardly finds.
 */
import {
  buildTrunk,
  coarseChannelCount,
  defectMapTags,
  fineChannelCount,
  pooledCount,
  tagCount,
} from '../network.ts';
import { GraphWriter } from '../onnx/graphWriter.ts';
import type { Parameter } from '../weights.ts';
import { DifferentiableLayers } from './differentiableLayers.ts';
import { Tape } from './tape.ts';

/** A marked cell counts eight times an unmarked one, of which there are far more. */
export const markedWeight = 8;
export const defectLossWeight = 4;

const float32Type = 1;
const overPlaces = { axes: [2, 3], keepdims: 1 };

export function gradientName({ name }: Pick<Parameter, 'name'>): string {
  return `${name}.gradient`;
}

export function trainingGraph(parameters: readonly Parameter[]): Buffer {
  const graph = new GraphWriter();
  const data = graph.input('data', ['photos', 3, 'height', 'width']);
  graph.input('target', ['photos', tagCount]);
  graph.input('defects', ['photos', defectMapTags.length, 'rows', 'columns']);
  for (const { name, dims } of parameters) graph.input(name, dims);
  const tape = new Tape(graph);
  const layers = new DifferentiableLayers(tape, data);
  const { fine, coarse } = buildTrunk(layers, data);
  addDefectLoss(tape, layers, fine);
  addTagLoss(tape, coarse);
  tape.playBack();
  for (const parameter of parameters) {
    graph.output(gradientName(parameter), tape.gradientOf(parameter.name));
  }
  return graph.bytes('training');
}

function addDefectLoss(tape: Tape, layers: DifferentiableLayers, fine: string): void {
  const { graph } = tape;
  const maps = layers.plainConvolution(fine, 'defects.weights', {
    inChannelCount: fineChannelCount,
    outChannelCount: defectMapTags.length,
    kernelPx: 1,
    stridePx: 1,
  });
  const marked = graph.add('Sigmoid', [graph.add('Add', [maps, 'defects.bias'])]);
  graph.output('defectRatios', marked);
  const one = graph.float(1);
  const tooHigh = graph.add('Mul', [graph.add('Sub', [one, 'defects']), marked]);
  const tooLow = graph.add('Mul', [
    graph.add('Mul', ['defects', graph.float(markedWeight)]),
    graph.add('Sub', [one, marked]),
  ]);
  const perCell = graph.add('Div', [graph.float(defectLossWeight), sizeOf(graph, maps)]);
  const gradient = graph.add('Mul', [graph.add('Sub', [tooHigh, tooLow]), perCell]);
  const overall = [gradient, graph.integers(0, 2, 3)];
  tape.addGradient('defects.bias', graph.add('ReduceSum', overall, { keepdims: 1 }));
  tape.addGradient(maps, gradient);
}

function addTagLoss(tape: Tape, coarse: string): void {
  const { graph } = tape;
  const mean = graph.add('ReduceMean', [coarse], overPlaces);
  const most = graph.add('ReduceMax', [coarse], overPlaces);
  const pooled = graph.add('Reshape', [
    graph.add('Concat', [mean, most], { axis: 1 }),
    graph.integers(-1, pooledCount),
  ]);
  const scores = graph.add('Gemm', [pooled, 'tags.weights', 'tags.bias'], { transB: 1 });
  const confidences = graph.add('Softmax', [scores], { axis: 1 });
  graph.output('confidences', confidences);
  const photoCount = graph.add('Div', [sizeOf(graph, 'target'), graph.float(tagCount)]);
  const wrong = graph.add('Sub', [confidences, 'target']);
  const gradient = graph.add('Div', [wrong, photoCount]);
  const transposed = graph.add('Transpose', [gradient], { perm: [1, 0] });
  tape.addGradient('tags.weights', graph.add('MatMul', [transposed, pooled]));
  const summed = graph.add('ReduceSum', [gradient, graph.integers(0)], { keepdims: 1 });
  tape.addGradient('tags.bias', summed);
  const towardsPooled = graph.add('Reshape', [
    graph.add('MatMul', [gradient, 'tags.weights']),
    graph.integers(-1, pooledCount, 1, 1),
  ]);
  tape.addGradient(coarse, unpooled(graph, { coarse, mean, most }, towardsPooled));
}

interface Pooling {
  readonly coarse: string;
  readonly mean: string;
  readonly most: string;
}

function unpooled(graph: GraphWriter, { coarse, mean, most }: Pooling, gradient: string): string {
  const half = (from: number) =>
    graph.add('Slice', [
      gradient,
      graph.integers(from),
      graph.integers(from + coarseChannelCount),
      graph.integers(1),
    ]);
  const placeCount = graph.add('Div', [sizeOf(graph, coarse), sizeOf(graph, mean)]);
  const throughMean = graph.add('Div', [half(0), placeCount]);
  const isMost = graph.add('Equal', [coarse, most]);
  const throughMost = graph.add('Where', [isMost, half(coarseChannelCount), graph.float(0)]);
  return graph.add('Add', [throughMost, throughMean]);
}

function sizeOf(graph: GraphWriter, value: string): string {
  return graph.add('Cast', [graph.add('Size', [value])], { to: float32Type });
}
