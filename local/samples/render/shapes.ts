/** Signed distances: how far a point lies outside an outline, negative inside. */
export type Outline = (x: number, y: number) => number;

/** Eases from 0 at `from` to 1 at `to`; `from` may be the greater one. */
export function smoothStep(from: number, to: number, value: number): number {
  const ratio = (value - from) / (to - from);
  if (ratio <= 0) return 0;
  if (ratio >= 1) return 1;
  return ratio * ratio * (3 - 2 * ratio);
}

// Math.hypot is several times slower.
export function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

export interface RoundedBox {
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly cornerRadius: number;
}

export function boxDistance(x: number, y: number, box: RoundedBox): number {
  const beyondX = Math.abs(x) - box.halfWidth + box.cornerRadius;
  const beyondY = Math.abs(y) - box.halfHeight + box.cornerRadius;
  const outside = length(beyondX > 0 ? beyondX : 0, beyondY > 0 ? beyondY : 0);
  const nearer = beyondX > beyondY ? beyondX : beyondY;
  return outside + (nearer < 0 ? nearer : 0) - box.cornerRadius;
}

export function circleDistance(x: number, y: number, radius: number): number {
  return length(x, y) - radius;
}
