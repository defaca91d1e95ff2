/**
 * The network as it is shipped: norms folded into the convolutions, the softmax inside, and an
 * input as a Custom Vision export has it (224 x 224, BGR, 0 to 255).
 */

import {
  buildTrunk,
  type ConvolutionShape,
  inputMean,
  inputSpread,
  type LayerBuilder,
  networkInputPx,
  pooledCount,
  tagCount,
} from './network.ts';
import { type Attributes, GraphWriter } from './onnx/graphWriter.ts';
import { normOf, parameterOf, type Weights } from './weights.ts';

export const exportInputPx = 224;
/** As the training graph has it. */
export const normEpsilon = 1e-5;

/** @param temperature - divides the scores before the softmax; 1 leaves them as trained. */
export function exportedGraph(weights: Weights, temperature: number): Buffer {
  const graph = new GraphWriter();
  const data = graph.input('data', [1, 3, exportInputPx, exportInputPx]);
  const { coarse } = buildTrunk(new FoldedLayers(graph, weights), normalisedInput(graph, data));
  const pooled = graph.add(
    'Concat',
    [graph.add('GlobalAveragePool', [coarse]), graph.add('GlobalMaxPool', [coarse])],
    { axis: 1 },
  );
  const divided = (name: string) =>
    parameterOf(weights, name).values.map((value) => value / temperature);
  const scores = graph.add(
    'Gemm',
    [
      graph.add('Flatten', [pooled], { axis: 1 }),
      graph.weights([tagCount, pooledCount], divided('tags.weights')),
      graph.weights([tagCount], divided('tags.bias')),
    ],
    { transB: 1 },
  );
  graph.output('model_output', graph.add('Softmax', [scores], { axis: 1 }), [1, tagCount]);
  return graph.bytes('moulded-parts', {
    'Image.BitmapPixelFormat': 'Bgr8',
    'Image.NominalPixelRange': 'NominalRange_0_255',
  });
}

function normalisedInput(graph: GraphWriter, data: string): string {
  const sizes = graph.integers(1, 3, networkInputPx, networkInputPx);
  const resized = graph.add('Resize', [data, '', '', sizes], {
    mode: 'linear',
    coordinate_transformation_mode: 'half_pixel',
  });
  const { red, green, blue } = inputMean;
  const mean = graph.weights([1, 3, 1, 1], Float32Array.of(blue, green, red));
  return graph.add('Div', [graph.add('Sub', [resized, mean]), graph.float(inputSpread)]);
}

class FoldedLayers implements LayerBuilder {
  readonly #graph: GraphWriter;
  readonly #weights: Weights;
  #isFirst = true;

  constructor(graph: GraphWriter, weights: Weights) {
    this.#graph = graph;
    this.#weights = weights;
  }

  convolution(input: string, shape: ConvolutionShape): string {
    const { kernels, offsets } = foldedNorm(this.#weights, shape.name);
    // Trained on RGB, fed BGR.
    if (this.#isFirst) reverseInputChannels(kernels, shape);
    this.#isFirst = false;
    const { outChannelCount, inChannelCount, kernelPx } = shape;
    const dims = [outChannelCount, inChannelCount, kernelPx, kernelPx];
    const constants = [
      this.#graph.weights(dims, kernels),
      this.#graph.weights([outChannelCount], offsets),
    ];
    return this.#graph.add('Conv', [input, ...constants], convolutionAttributes(shape));
  }

  relu(input: string): string {
    return this.#graph.add('Relu', [input]);
  }

  sum(left: string, right: string): string {
    return this.#graph.add('Add', [left, right]);
  }
}

export function convolutionAttributes({
  kernelPx,
  stridePx,
}: Pick<ConvolutionShape, 'kernelPx' | 'stridePx'>): Attributes {
  const paddingPx = (kernelPx - 1) / 2;
  return {
    kernel_shape: [kernelPx, kernelPx],
    strides: [stridePx, stridePx],
    pads: [paddingPx, paddingPx, paddingPx, paddingPx],
  };
}

function foldedNorm(weights: Weights, name: string) {
  const kernels = parameterOf(weights, `${name}.weights`).values.slice();
  const gain = parameterOf(weights, `${name}.gain`).values;
  const { mean, variance } = normOf(weights, name);
  const scales = gain.map(
    (each, channel) => each / Math.sqrt((variance[channel] ?? 1) + normEpsilon),
  );
  const perChannelCount = kernels.length / scales.length;
  kernels.forEach((kernel, index) => {
    kernels[index] = kernel * (scales[Math.floor(index / perChannelCount)] ?? 1);
  });
  const offsets = parameterOf(weights, `${name}.offset`).values.map(
    (offset, channel) => offset - (mean[channel] ?? 0) * (scales[channel] ?? 1),
  );
  return { kernels, offsets };
}

function reverseInputChannels(kernels: Float32Array, shape: ConvolutionShape): void {
  const areaPx = shape.kernelPx ** 2;
  const perOutput = areaPx * shape.inChannelCount;
  for (let start = 0; start < kernels.length; start += perOutput) {
    const red = kernels.slice(start, start + areaPx);
    kernels.copyWithin(start, start + 2 * areaPx, start + perOutput);
    kernels.set(red, start + 2 * areaPx);
  }
}
