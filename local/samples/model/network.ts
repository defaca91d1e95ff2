/**
 * The network's layers, told once: the training graph and the exported graph are both built from
 * this list. Every convolution is followed by batch norm and ReLU; a residual block's second one
 * starts at gain 0, so that the block starts as if it were not there.
 * Source: local-models facts 6.5, recipe and table "Network", 2026-11-23.
 */
import { tags } from '../tags.ts';

export interface ConvolutionShape {
  readonly name: string;
  readonly inChannelCount: number;
  readonly outChannelCount: number;
  readonly kernelPx: number;
  readonly stridePx: number;
  readonly initialGain: 0 | 1;
}

/** What a graph must be able to do to hold the network. Values go by their names in the graph. */
export interface LayerBuilder {
  convolution(input: string, shape: ConvolutionShape): string;
  relu(input: string): string;
  sum(left: string, right: string): string;
}

export interface Features {
  /** An eighth of the input's size: where the defect maps are read off during training. */
  readonly fine: string;
  /** A sixteenth of the input's size: what the tags are told from. */
  readonly coarse: string;
}

/** The network's own input; the exported graph scales down to it. */
export const networkInputPx = 160;
export const defectMapStridePx = 8;
export const fineChannelCount = 64;
export const coarseChannelCount = 128;
/** Global mean and global maximum of the coarse features, side by side. */
export const pooledCount = 2 * coarseChannelCount;
export const tagCount = tags.length;
/** A map for each tag that marks a place on the part. */
export const defectMapTags = ['flash', 'scratch', 'short_shot', 'speck'] as const;

/** Constants near the renders' own mean and spread, of 0 to 255. */
export const inputMean = { red: 112, green: 107, blue: 102 };
export const inputSpread = 55;

export function buildTrunk(builder: LayerBuilder, image: string): Features {
  const layers = numberedLayers(builder);
  let x = layers.down(image, 3, 16);
  x = layers.down(x, 16, 32);
  x = layers.residual(x, 32);
  x = layers.down(x, 32, fineChannelCount);
  x = layers.residual(x, fineChannelCount);
  const fine = layers.residual(x, fineChannelCount);
  x = layers.down(fine, fineChannelCount, 96);
  x = layers.residual(x, 96);
  return { fine, coarse: layers.pointwise(x, 96, coarseChannelCount) };
}

/** The convolutions in the order they are built. */
export function convolutionShapes(): readonly ConvolutionShape[] {
  const shapes: ConvolutionShape[] = [];
  const collector: LayerBuilder = {
    convolution(input, shape) {
      shapes.push(shape);
      return input;
    },
    relu: (input) => input,
    sum: (left) => left,
  };
  buildTrunk(collector, 'image');
  return shapes;
}

function numberedLayers(builder: LayerBuilder) {
  let count = 0;
  const convolution = (input: string, shape: Omit<ConvolutionShape, 'name'>) => {
    count += 1;
    return builder.convolution(input, { name: `convolution${count}`, ...shape });
  };
  const same = (channelCount: number, initialGain: 0 | 1) => ({
    inChannelCount: channelCount,
    outChannelCount: channelCount,
    kernelPx: 3,
    stridePx: 1,
    initialGain,
  });
  const shaped = (inChannelCount: number, outChannelCount: number) => ({
    inChannelCount,
    outChannelCount,
    initialGain: 1 as const,
  });
  return {
    down: (input: string, from: number, to: number) =>
      builder.relu(convolution(input, { ...shaped(from, to), kernelPx: 3, stridePx: 2 })),
    pointwise: (input: string, from: number, to: number) =>
      builder.relu(convolution(input, { ...shaped(from, to), kernelPx: 1, stridePx: 1 })),
    residual: (input: string, channelCount: number) => {
      const first = builder.relu(convolution(input, same(channelCount, 1)));
      const second = convolution(first, same(channelCount, 0));
      return builder.relu(builder.sum(input, second));
    },
  };
}
