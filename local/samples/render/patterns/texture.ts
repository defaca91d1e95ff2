/** Noise of one to four octaves: cloth, stone, clouds, out-of-focus anything. */
import type { Picture } from '../canvas.ts';
import { valueNoise } from '../noise.ts';
import type { RandomStream } from '../random.ts';
import { drawColour, paintBlend } from './pattern.ts';

export function paintTexture(random: RandomStream, sizePx: number): Picture {
  const noise = valueNoise(random);
  const widthPx = random.between(3, 60);
  const stretch = random.between(0.3, 3);
  const speckle = random.next() < 0.5 ? random.between(0, 0.2) : 0;
  const octaves = Array.from({ length: 1 + random.integer(4) }, (_, octave) => ({
    perPx: 1 / (widthPx / 2 ** octave + 1),
    weight: 0.6 ** octave,
    offset: octave * 31,
  }));
  const total = octaves.reduce((sum, { weight }) => sum + weight, 0);
  return paintBlend(sizePx, [drawColour(random), drawColour(random)], (column, row) => {
    let value = 0;
    for (const { perPx, weight, offset } of octaves) {
      value += noise(column * perPx + offset, (row * perPx) / stretch) * weight;
    }
    return value / total + (random.next() - 0.5) * speckle;
  });
}
