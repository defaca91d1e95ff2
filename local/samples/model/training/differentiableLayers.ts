/** The network's layers with their derivatives: the training counterpart of the exported graph. */
import { convolutionAttributes, normEpsilon } from '../exportedGraph.ts';
import type { ConvolutionShape, LayerBuilder } from '../network.ts';
import type { GraphWriter } from '../onnx/graphWriter.ts';
import type { Tape } from './tape.ts';

type Kernel = Pick<
  ConvolutionShape,
  'inChannelCount' | 'outChannelCount' | 'kernelPx' | 'stridePx'
>;

/** A slice's end when it runs to the last element. */
const toTheEnd = 2 ** 30;
const float32Type = 1;
/** Batch, height and width: what a channel's statistics run over. */
const perChannel = { axes: [0, 2, 3], keepdims: 1 };

export class DifferentiableLayers implements LayerBuilder {
  readonly #tape: Tape;
  readonly #graph: GraphWriter;
  readonly #image: string;

  /** @param image - needs no gradient of its own. */
  constructor(tape: Tape, image: string) {
    this.#tape = tape;
    this.#graph = tape.graph;
    this.#image = image;
  }

  convolution(input: string, shape: ConvolutionShape): string {
    const convolved = this.plainConvolution(input, `${shape.name}.weights`, shape);
    return this.#norm(convolved, shape.name, shape.outChannelCount);
  }

  relu(input: string): string {
    const graph = this.#graph;
    const output = graph.add('Relu', [input]);
    this.#tape.record(() => {
      const isActive = graph.add('Greater', [output, graph.float(0)]);
      const gradient = this.#tape.gradientOf(output);
      this.#tape.addGradient(input, graph.add('Where', [isActive, gradient, graph.float(0)]));
    });
    return output;
  }

  sum(left: string, right: string): string {
    const output = this.#graph.add('Add', [left, right]);
    this.#tape.record(() => {
      const gradient = this.#tape.gradientOf(output);
      this.#tape.addGradient(left, gradient);
      this.#tape.addGradient(right, gradient);
    });
    return output;
  }

  /** @param weights - name of the graph's input that holds the kernels. */
  plainConvolution(input: string, weights: string, kernel: Kernel): string {
    const attributes = convolutionAttributes(kernel);
    const output = this.#graph.add('Conv', [input, weights], attributes);
    this.#tape.record(() => {
      const gradient = this.#tape.gradientOf(output);
      this.#tape.addGradient(weights, this.#kernelGradient(input, gradient, kernel));
      if (input === this.#image) return;
      const outputPadding = kernel.stridePx - 1;
      const backward = this.#graph.add('ConvTranspose', [gradient, weights], {
        ...attributes,
        output_padding: [outputPadding, outputPadding],
      });
      this.#tape.addGradient(input, backward);
    });
    return output;
  }

  /** For each place in the kernel, one product of all gradients with the pixels it saw. */
  #kernelGradient(input: string, gradient: string, kernel: Kernel): string {
    const graph = this.#graph;
    const { inChannelCount, outChannelCount, kernelPx, stridePx } = kernel;
    const byChannel = graph.add('Transpose', [gradient], { perm: [1, 0, 2, 3] });
    const rows = graph.add('Reshape', [byChannel, graph.integers(outChannelCount, -1)]);
    const padded = this.#paddedChannelsLast(input, kernelPx);
    const places = Array.from({ length: kernelPx ** 2 }, (_, place) => {
      const start = [Math.floor(place / kernelPx), place % kernelPx];
      const seen = kernelPx === 1 ? padded : this.#everyStride(padded, start, stridePx);
      const columns = graph.add('Reshape', [seen, graph.integers(-1, inChannelCount)]);
      return graph.add('Unsqueeze', [graph.add('MatMul', [rows, columns]), graph.integers(2)]);
    });
    const sizes = graph.integers(outChannelCount, inChannelCount, kernelPx, kernelPx);
    return graph.add('Reshape', [graph.add('Concat', places, { axis: 2 }), sizes]);
  }

  #paddedChannelsLast(input: string, kernelPx: number): string {
    const graph = this.#graph;
    const channelsLast = graph.add('Transpose', [input], { perm: [0, 2, 3, 1] });
    const px = (kernelPx - 1) / 2;
    if (px === 0) return channelsLast;
    return graph.add('Pad', [channelsLast, graph.integers(0, px, px, 0, 0, px, px, 0)]);
  }

  /** Inputs have even sizes, so at stride 2 the last padding is never seen. */
  #everyStride(padded: string, start: readonly number[], stridePx: number): string {
    const graph = this.#graph;
    const overhang = stridePx === 1 ? 2 : 3;
    const ends = start.map((each) => (each === overhang ? toTheEnd : each - overhang));
    return graph.add('Slice', [
      padded,
      graph.integers(...start),
      graph.integers(...ends),
      graph.integers(1, 2),
      graph.integers(stridePx, stridePx),
    ]);
  }

  /** Batch norm as scale and shift; its statistics are outputs, for the trainer to average. */
  #norm(input: string, name: string, channelCount: number): string {
    const graph = this.#graph;
    const mean = graph.add('ReduceMean', [input], perChannel);
    const meanSquare = graph.add('ReduceMean', [graph.add('Mul', [input, input])], perChannel);
    const variance = graph.add('Sub', [meanSquare, graph.add('Mul', [mean, mean])]);
    graph.output(`${name}.mean`, mean);
    graph.output(`${name}.variance`, variance);
    const spread = graph.add('Sqrt', [graph.add('Add', [variance, graph.float(normEpsilon)])]);
    const perSpread = graph.add('Reciprocal', [spread]);
    const scale = graph.add('Mul', [`${name}.gain`, perSpread]);
    const shift = graph.add('Sub', [`${name}.offset`, graph.add('Mul', [mean, scale])]);
    const output = graph.add('Add', [graph.add('Mul', [input, scale]), shift]);
    const norm = { name, input, mean, perSpread, scale, channelCount };
    this.#tape.record(() => this.#normGradient(norm, this.#tape.gradientOf(output)));
    return output;
  }

  #normGradient(norm: Norm, gradient: string): void {
    const graph = this.#graph;
    const { name, input, mean, perSpread, scale } = norm;
    const meanGradient = graph.add('ReduceMean', [gradient], perChannel);
    const products = graph.add('Mul', [gradient, input]);
    const meanProduct = graph.add('ReduceMean', [products], perChannel);
    const shared = graph.add('Sub', [meanProduct, graph.add('Mul', [mean, meanGradient])]);
    // The mean of gradient times normalised input.
    const meanGain = graph.add('Mul', [perSpread, shared]);
    const size = graph.add('Cast', [graph.add('Size', [input])], { to: float32Type });
    const count = graph.add('Div', [size, graph.float(norm.channelCount)]);
    this.#tape.addGradient(`${name}.gain`, graph.add('Mul', [meanGain, count]));
    this.#tape.addGradient(`${name}.offset`, graph.add('Mul', [meanGradient, count]));
    const slope = graph.add('Neg', [
      graph.add('Mul', [graph.add('Mul', [scale, perSpread]), meanGain]),
    ]);
    const level = graph.add('Neg', [
      graph.add('Add', [graph.add('Mul', [scale, meanGradient]), graph.add('Mul', [slope, mean])]),
    ]);
    const direct = graph.add('Mul', [gradient, scale]);
    const throughStatistics = graph.add('Add', [graph.add('Mul', [input, slope]), level]);
    this.#tape.addGradient(input, graph.add('Add', [direct, throughStatistics]));
  }
}

interface Norm {
  readonly name: string;
  readonly input: string;
  readonly mean: string;
  readonly perSpread: string;
  readonly scale: string;
  readonly channelCount: number;
}
