/** Photos that show no moulded part: the bare bench, other things on it, or something else altogether. */
import type { Picture } from './canvas.ts';
import { drawForeignBody } from './foreignBodies.ts';
import { valueNoise } from './noise.ts';
import { paintPatches } from './patterns/patches.ts';
import { paintStripes } from './patterns/stripes.ts';
import { paintTexture } from './patterns/texture.ts';
import { type RandomStream, randomStream } from './random.ts';
import { renderScene } from './renderScene.ts';
import { drawScene } from './scene.ts';

export interface NegativeOptions {
  readonly seed: number;
  readonly driftRatio: number;
  readonly sizePx: number;
  readonly bodies: 'trained' | 'all';
}

type Draw = (random: RandomStream, options: NegativeOptions) => Picture;

/** What share of the Negative photos is what; the shares add up to 1. */
const kinds: readonly { readonly shareRatio: number; readonly draw: Draw }[] = [
  { shareRatio: 0.25, draw: onBench(() => undefined) },
  { shareRatio: 0.38, draw: onBench((random, { bodies }) => drawForeignBody(random, bodies)) },
  { shareRatio: 0.1, draw: (random, { sizePx }) => paintTexture(random, sizePx) },
  { shareRatio: 0.06, draw: (random, { sizePx }) => paintStripes(random, sizePx) },
  { shareRatio: 0.21, draw: (random, { sizePx }) => paintPatches(random, sizePx) },
];

export function renderNegative(options: NegativeOptions): Picture {
  const random = randomStream(options.seed);
  let rest = random.next();
  for (const { shareRatio, draw } of kinds) {
    if (rest < shareRatio) return draw(random, options);
    rest -= shareRatio;
  }
  return paintPatches(random, options.sizePx);
}

function onBench(
  drawBody: (
    random: RandomStream,
    options: NegativeOptions,
  ) => ReturnType<typeof drawForeignBody> | undefined,
): Draw {
  return (random, options) => {
    const noise = valueNoise(random);
    const scene = drawScene(random, options.driftRatio);
    const staging = { scene, body: drawBody(random, options), defect: {}, noise };
    return renderScene(staging, options.sizePx, random);
  };
}
