/**
 * Photos on their way into a batch: turned, mirrored, zoomed a little, lit a little differently.
 * Brightness is varied less than the drift dial does, on purpose: drift shall show in the scores.
 */
import type { RandomStream } from '../../render/random.ts';
import { maskGridSize } from '../../render/renderScene.ts';
import { tags } from '../../tags.ts';
import { exportInputPx } from '../exportedGraph.ts';
import { defectMapStridePx, defectMapTags, inputMean, inputSpread, tagCount } from '../network.ts';
import type { StoredPhoto } from '../photoFiles.ts';
import type { Batch } from './trainingSession.ts';

const labelSmoothing = 0.05;
/** A cell counts as marked from 9.4 % cover on, of 255. */
const leastCover = 24;

/** How a batch's pixel finds its place in the photo, and back for the defect cells. */
interface View {
  readonly cosine: number;
  readonly sine: number;
  readonly mirror: 1 | -1;
  readonly zoom: number;
  readonly gains: readonly number[];
}

export function makeBatch(
  photos: readonly StoredPhoto[],
  sizePx: number,
  random: RandomStream,
): Batch {
  const mapSize = sizePx / defectMapStridePx;
  const batch = {
    photoCount: photos.length,
    sizePx,
    data: new Float32Array(photos.length * 3 * sizePx ** 2),
    target: new Float32Array(photos.length * tagCount).fill(labelSmoothing / tagCount),
    defects: new Float32Array(photos.length * defectMapTags.length * mapSize ** 2),
  };
  photos.forEach((photo, index) => {
    const view = drawView(random);
    const planes = 3 * sizePx ** 2;
    drawPhoto(batch.data.subarray(index * planes, (index + 1) * planes), photo.rgb, view, sizePx);
    const aim = index * tagCount + tags.indexOf(photo.tag);
    batch.target[aim] = (batch.target[aim] ?? 0) + 1 - labelSmoothing;
    const mapIndex = defectMapTags.findIndex((tag) => tag === photo.tag);
    const from = (index * defectMapTags.length + mapIndex) * mapSize ** 2;
    const map = batch.defects.subarray(from, from + mapSize ** 2);
    if (mapIndex >= 0) drawMap(map, photo.mask, view, mapSize);
  });
  return batch;
}

function drawView(random: RandomStream): View {
  const quarterTurns = random.integer(4);
  const gain = random.between(0.94, 1.06);
  return {
    cosine: Math.round(Math.cos((quarterTurns * Math.PI) / 2)),
    sine: Math.round(Math.sin((quarterTurns * Math.PI) / 2)),
    mirror: random.next() < 0.5 ? -1 : 1,
    zoom: random.between(0.94, 1.06),
    gains: [0, 1, 2].map(() => gain * random.between(0.97, 1.03)),
  };
}

function drawPhoto(planes: Float32Array, rgb: Uint8Array, view: View, sizePx: number): void {
  const step = (exportInputPx / sizePx) * view.zoom;
  const middle = exportInputPx / 2 - 0.5;
  const areaPx = sizePx ** 2;
  const means = [inputMean.red, inputMean.green, inputMean.blue];
  for (let at = 0; at < areaPx; at += 1) {
    const u = ((at % sizePx) + 0.5 - sizePx / 2) * step * view.mirror;
    const v = (Math.floor(at / sizePx) + 0.5 - sizePx / 2) * step;
    const x = withinPhoto(u * view.cosine - v * view.sine + middle);
    const y = withinPhoto(u * view.sine + v * view.cosine + middle);
    for (let channel = 0; channel < 3; channel += 1) {
      const value = pixelBetween(rgb, x, y, channel) * (view.gains[channel] ?? 1);
      const seen = value > 255 ? 255 : value;
      planes[channel * areaPx + at] = (seen - (means[channel] ?? 0)) / inputSpread;
    }
  }
}

function withinPhoto(position: number): number {
  if (position < 0) return 0;
  const last = exportInputPx - 1.001;
  return position > last ? last : position;
}

/** Bilinear, as the exported graph scales. */
function pixelBetween(rgb: Uint8Array, x: number, y: number, channel: number): number {
  const left = x | 0;
  const top = y | 0;
  const across = x - left;
  const down = y - top;
  const at = (top * exportInputPx + left) * 3 + channel;
  const below = at + exportInputPx * 3;
  const upper = (rgb[at] ?? 0) * (1 - across) + (rgb[at + 3] ?? 0) * across;
  const lower = (rgb[below] ?? 0) * (1 - across) + (rgb[below + 3] ?? 0) * across;
  return upper * (1 - down) + lower * down;
}

function drawMap(map: Float32Array, mask: Uint8Array, view: View, mapSize: number): void {
  const { cosine, sine, mirror, zoom } = view;
  mask.forEach((cover, cell) => {
    if (cover <= leastCover) return;
    const u = ((cell % maskGridSize) + 0.5) / maskGridSize - 0.5;
    const v = (Math.floor(cell / maskGridSize) + 0.5) / maskGridSize - 0.5;
    const column = Math.floor((((u * cosine + v * sine) * mirror) / zoom + 0.5) * mapSize);
    const row = Math.floor(((v * cosine - u * sine) / zoom + 0.5) * mapSize);
    const isInside = Math.min(column, row) >= 0 && Math.max(column, row) < mapSize;
    if (isInside) map[row * mapSize + column] = 1;
  });
}
