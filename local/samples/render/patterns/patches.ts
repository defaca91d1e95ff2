/** Discs, boxes and triangles thrown over one another, flat or textured, with a gradient each. */
import type { Picture } from '../canvas.ts';
import { type Noise, valueNoise } from '../noise.ts';
import type { RandomStream } from '../random.ts';
import type { Triple } from '../scene.ts';
import { drawColour, paintBlend } from './pattern.ts';

interface Patch {
  readonly colour: Triple;
  readonly centreX: number;
  readonly centreY: number;
  readonly radiusPx: number;
  readonly cosine: number;
  readonly sine: number;
  readonly aspectRatio: number;
  readonly isInside: (u: number, v: number) => boolean;
  readonly gradient: number;
  readonly textureDepth: number;
  readonly textureWidthPx: number;
}

const insides = [
  (u: number, v: number) => u * u + v * v < 1,
  (u: number, v: number) => Math.abs(u) < 0.9 && Math.abs(v) < 0.9,
  (u: number, v: number) => Math.abs(u) * 0.866 + v * 0.5 < 0.5 && v > -0.5,
] as const;

export function paintPatches(random: RandomStream, sizePx: number): Picture {
  const noise = valueNoise(random);
  const ground = drawColour(random);
  const picture = paintBlend(sizePx, [ground, ground], () => 0);
  const patchCount = 6 + random.integer(80);
  for (let count = 0; count < patchCount; count += 1) {
    paintPatch(picture, drawPatch(random, sizePx), noise);
  }
  return picture;
}

function drawPatch(random: RandomStream, sizePx: number): Patch {
  const angle = random.between(0, 2 * Math.PI);
  return {
    colour: drawColour(random),
    centreX: random.between(0, sizePx),
    centreY: random.between(0, sizePx),
    // Many small ones, few large ones.
    radiusPx: sizePx * 0.02 * Math.exp(random.between(0, 2.6)),
    cosine: Math.cos(angle),
    sine: Math.sin(angle),
    aspectRatio: random.between(0.25, 1),
    isInside: random.pick(insides),
    gradient: random.between(-0.6, 0.6),
    textureDepth: random.between(0, 1),
    textureWidthPx: random.between(2, 30),
  };
}

function paintPatch({ rgb, widthPx, heightPx }: Picture, patch: Patch, noise: Noise): void {
  const reachPx = Math.ceil(patch.radiusPx * 1.5);
  const span = (centre: number, limitPx: number) => ({
    from: Math.max(0, Math.floor(centre - reachPx)),
    to: Math.min(limitPx, Math.ceil(centre + reachPx)),
  });
  const rows = span(patch.centreY, heightPx);
  const columns = span(patch.centreX, widthPx);
  for (let row = rows.from; row < rows.to; row += 1) {
    for (let column = columns.from; column < columns.to; column += 1) {
      const level = patchLevel(patch, noise, column, row);
      const at = (row * widthPx + column) * 3;
      if (level > 0) paintPixel(rgb, at, patch.colour, level);
    }
  }
}

/** @returns how bright the patch is at a pixel, or 0 outside of it. */
function patchLevel(patch: Patch, noise: Noise, column: number, row: number): number {
  const offX = (column - patch.centreX) / patch.radiusPx;
  const offY = (row - patch.centreY) / patch.radiusPx;
  const u = offX * patch.cosine + offY * patch.sine;
  const v = (offY * patch.cosine - offX * patch.sine) / patch.aspectRatio;
  if (!patch.isInside(u, v)) return 0;
  const texture = noise(column / patch.textureWidthPx, row / patch.textureWidthPx) - 0.5;
  return Math.max(0.01, 1 + patch.gradient * u + patch.textureDepth * texture);
}

function paintPixel(rgb: Uint8Array, at: number, colour: Triple, level: number): void {
  rgb[at] = Math.min(255, colour[0] * level);
  rgb[at + 1] = Math.min(255, colour[1] * level);
  rgb[at + 2] = Math.min(255, colour[2] * level);
}
