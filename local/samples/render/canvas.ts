/** The pixels being painted: finished light values in, camera bytes out. */
import type { RandomStream } from './random.ts';
import type { Camera } from './scene.ts';

export interface Picture {
  /** Rows from the top, three bytes a pixel. */
  readonly rgb: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

const gammaStepCount = 4_096;
const brightest = 4;
const gammaTable = Float32Array.from(
  { length: gammaStepCount + 1 },
  (_, index) => ((index / gammaStepCount) * brightest) ** (1 / 1.12),
);

/** What the camera makes of the light: exposure, white balance, vignette, gamma curve and noise. */
export class Sensor {
  readonly rgb: Uint8Array;
  readonly #camera: Camera;
  readonly #random: RandomStream;
  readonly #sizePx: number;

  constructor(sizePx: number, camera: Camera, random: RandomStream) {
    this.rgb = new Uint8Array(sizePx * sizePx * 3);
    this.#camera = camera;
    this.#random = random;
    this.#sizePx = sizePx;
  }

  expose(column: number, row: number, light: Float64Array): void {
    const offX = column / this.#sizePx - 0.5;
    const offY = row / this.#sizePx - 0.5;
    const vignette = 1 - 0.56 * (offX * offX + offY * offY);
    const { gains, noiseRatio } = this.#camera;
    const at = (row * this.#sizePx + column) * 3;
    for (let channel = 0; channel < 3; channel += 1) {
      const value = (light[channel] ?? 0) * (gains[channel] ?? 1) * vignette;
      const seen = developed(value) + this.#noise() * noiseRatio;
      this.rgb[at + channel] = seen <= 0 ? 0 : seen >= 1 ? 255 : seen * 255;
    }
  }

  /** The mean of three uniform numbers, in -0.5 to 0.5, out of one draw of 32 bits. */
  #noise(): number {
    const bits = this.#random.next() * 2 ** 30;
    return ((bits & 1_023) + ((bits >> 10) & 1_023) + ((bits >> 20) & 1_023)) / 3_069 - 0.5;
  }
}

function developed(value: number): number {
  if (value <= 0) return 0;
  const index = Math.round((value / brightest) * gammaStepCount);
  return gammaTable[Math.min(index, gammaStepCount)] ?? 0;
}
