/** A photo of a moulded part, drawn from a seed: the same seed gives the same bytes. */
import type { PartTag } from '../tags.ts';
import { drawPart } from './body.ts';
import { drawDefect } from './defect.ts';
import { valueNoise } from './noise.ts';
import { randomStream } from './random.ts';
import { type Rendering, renderScene } from './renderScene.ts';
import { drawScene } from './scene.ts';

export interface PartOptions {
  readonly seed: number;
  readonly tag: PartTag;
  /** From 0, nothing to see, to 1, plain. */
  readonly severity: number;
  /** From 0, the line as it should be, to 1: darker, warmer and noisier. */
  readonly driftRatio: number;
  readonly sizePx: number;
}

export function renderPart(options: PartOptions): Rendering {
  const { seed, tag, severity, driftRatio, sizePx } = options;
  const random = randomStream(seed);
  const noise = valueNoise(random);
  const scene = drawScene(random, driftRatio);
  const part = drawPart(random);
  const isDark = scene.material.colour[1] < 0.4;
  const defect = drawDefect(tag, { random, noise, part, isDark, severity });
  return renderScene({ scene, body: part, defect, noise }, sizePx, random);
}
