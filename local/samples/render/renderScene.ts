/** Walks over a scene's pixels and keeps account of where its defect shows. */
import type { Body } from './body.ts';
import { type Picture, Sensor } from './canvas.ts';
import type { Defect } from './defect.ts';
import type { Noise } from './noise.ts';
import { Painter, type Place } from './painter.ts';
import type { RandomStream } from './random.ts';
import type { Scene } from './scene.ts';

export interface Rendering extends Picture {
  /** For each cell of a grid over the photo, the share of it that shows the defect, 0 to 255. */
  readonly defectMask: Uint8Array;
}

export interface Staging {
  readonly scene: Scene;
  /** `undefined` leaves the bench bare. */
  readonly body: Body | undefined;
  readonly defect: Defect;
  readonly noise: Noise;
}

export const maskGridSize = 28;
/** Points marked less than this look like the part itself. */
const leastMark = 0.3;
/** Farther from the body's middle than this nothing of it shows, squared. */
const bodyReachSquared = 0.4;

export function renderScene(staging: Staging, sizePx: number, random: RandomStream): Rendering {
  const { scene, body, defect, noise } = staging;
  const painter = new Painter(scene, body, defect, noise);
  const sensor = new Sensor(sizePx, scene.camera, random);
  const markedCounts = new Float32Array(maskGridSize ** 2);
  const place = { photoX: 0, photoY: 0, bodyX: 0, bodyY: 0, distance: 1 };
  for (let row = 0; row < sizePx; row += 1) {
    const cellRow = Math.floor((row * maskGridSize) / sizePx) * maskGridSize;
    for (let column = 0; column < sizePx; column += 1) {
      locate(place, { x: column / sizePx, y: row / sizePx }, { scene, painter });
      const isMarked = painter.paint(place) > leastMark;
      const cell = cellRow + Math.floor((column * maskGridSize) / sizePx);
      if (isMarked) markedCounts[cell] = (markedCounts[cell] ?? 0) + 1;
      sensor.expose(column, row, painter.light);
    }
  }
  const cellPixelCount = (sizePx / maskGridSize) ** 2;
  const defectMask = Uint8Array.from(markedCounts, (count) =>
    Math.min(255, Math.round((count * 255) / cellPixelCount)),
  );
  return { rgb: sensor.rgb, widthPx: sizePx, heightPx: sizePx, defectMask };
}

interface Eye {
  readonly scene: Scene;
  readonly painter: Painter;
}

/** Fills the place in, instead of making one for every pixel. */
function locate(
  place: Place,
  photo: { readonly x: number; readonly y: number },
  { scene, painter }: Eye,
): void {
  const { pose } = scene;
  const offX = photo.x - pose.centreX;
  const offY = photo.y - pose.centreY;
  place.photoX = photo.x;
  place.photoY = photo.y;
  place.bodyX = (offX * pose.cosine + offY * pose.sine) / pose.scale;
  place.bodyY = (offY * pose.cosine - offX * pose.sine) / pose.scale;
  const isFar = offX * offX + offY * offY > bodyReachSquared;
  place.distance = isFar ? 1 : painter.distance(place.bodyX, place.bodyY);
}
