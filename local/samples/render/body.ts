/**
 * Things to put on the bench. A body lies around the origin and is about 0.6 wide, where 1 is the
 * width of the photo before the camera's scale.
 */
import type { RandomStream } from './random.ts';
import { boxDistance, length, type Outline, type RoundedBox } from './shapes.ts';

export interface Body {
  readonly outline: Outline;
  /** How far from the raised rib's line; a body without one is far from it everywhere. */
  readonly ribDistance: Outline;
}

/** The moulded part: a plate with two or four bored holes and, more often than not, a rib. */
export interface Part extends Body {
  /** The plate without its holes. */
  readonly plate: RoundedBox;
  readonly holeDistance: Outline;
}

const ribHalfWidth = 0.006;
const noRib = 1;

export function drawPart(random: RandomStream): Part {
  const plate = { halfWidth: 0.3, halfHeight: 0.22, cornerRadius: random.between(0.05, 0.11) };
  const hasFourHoles = random.next() < 0.5;
  const hasRib = random.next() < 0.6;
  const holeX = plate.halfWidth * random.between(0.55, 0.7);
  const holeY = hasFourHoles ? plate.halfHeight * random.between(0.5, 0.62) : 0;
  const holeRadius = random.between(0.028, 0.042);
  const rib = {
    halfWidth: plate.halfWidth * 0.45,
    halfHeight: plate.halfHeight * 0.42,
    cornerRadius: 0.05,
  };
  // The holes mirror each other, so the nearest one is found without a loop.
  const holeDistance: Outline = (x, y) =>
    length(Math.abs(x) - holeX, Math.abs(y) - holeY) - holeRadius;
  return {
    plate,
    holeDistance,
    outline: (x, y) => Math.max(boxDistance(x, y, plate), -holeDistance(x, y)),
    ribDistance: (x, y) => (hasRib ? Math.abs(boxDistance(x, y, rib)) - ribHalfWidth : noRib),
  };
}

export function bodyOf(outline: Outline): Body {
  return { outline, ribDistance: () => noRib };
}
