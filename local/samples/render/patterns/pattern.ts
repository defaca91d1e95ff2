/** What the flat patterns share: a random colour, and a picture filled pixel by pixel. */
import type { Picture } from '../canvas.ts';
import type { RandomStream } from '../random.ts';
import type { Triple } from '../scene.ts';

export function drawColour(random: RandomStream): Triple {
  return [random.between(10, 245), random.between(10, 245), random.between(10, 245)];
}

/** @param blend - how much of the second colour shows at a pixel, 0 to 1. */
export function paintBlend(
  sizePx: number,
  [from, to]: readonly [Triple, Triple],
  blend: (column: number, row: number) => number,
): Picture {
  const rgb = new Uint8ClampedArray(sizePx * sizePx * 3);
  let at = 0;
  for (let row = 0; row < sizePx; row += 1) {
    for (let column = 0; column < sizePx; column += 1) {
      const ratio = blend(column, row);
      rgb[at] = from[0] + (to[0] - from[0]) * ratio;
      rgb[at + 1] = from[1] + (to[1] - from[1]) * ratio;
      rgb[at + 2] = from[2] + (to[2] - from[2]) * ratio;
      at += 3;
    }
  }
  return { rgb: new Uint8Array(rgb.buffer), widthPx: sizePx, heightPx: sizePx };
}
