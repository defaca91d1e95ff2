/** Other things than our part, in the same material and light: what `Negative` must learn to refuse. */
import { type Body, bodyOf } from './body.ts';
import type { RandomStream } from './random.ts';
import { boxDistance, circleDistance, length, type Outline } from './shapes.ts';

type Drawing = (random: RandomStream, size: number) => Outline;

const disc: Drawing = (_random, size) => (x, y) => circleDistance(x, y, 0.27 * size);

const washer: Drawing = (random, size) => {
  const radius = 0.26 * size;
  const bore = radius * random.between(0.3, 0.6);
  return (x, y) => Math.max(circleDistance(x, y, radius), -circleDistance(x, y, bore));
};

const hexNut: Drawing = (random, size) => {
  const radius = 0.24 * size;
  const bore = radius * random.between(0.35, 0.6);
  return (x, y) => {
    const across = Math.max(Math.abs(x) * 0.866 + Math.abs(y) * 0.5, Math.abs(y));
    return Math.max(across - radius, -circleDistance(x, y, bore));
  };
};

const bolt: Drawing = (random, size) => {
  const shaftHalf = random.between(0.03, 0.06);
  const threadsPerUnit = random.between(60, 140);
  const head = {
    halfWidth: 0.05,
    halfHeight: shaftHalf * random.between(1.6, 2.4),
    cornerRadius: 0.015,
  };
  const halfWidth = 0.3 * size;
  const shaft = { halfWidth, halfHeight: shaftHalf, cornerRadius: 0.01 };
  return (x, y) => {
    const thread = 0.004 * Math.sin(x * threadsPerUnit);
    const toShaft = boxDistance(x - 0.05, y, shaft) - thread;
    return Math.min(toShaft, boxDistance(x + halfWidth - 0.02, y, head));
  };
};

const bar: Drawing = (random, size) => {
  const halfHeight = random.between(0.035, 0.08);
  const box = {
    halfWidth: 0.33 * size,
    halfHeight,
    cornerRadius: Math.min(halfHeight * 0.9, 0.03),
  };
  return (x, y) => boxDistance(x, y, box);
};

const triangle: Drawing = (_random, size) => (x, y) =>
  Math.max(Math.abs(x) * 0.866 + y * 0.5, -y) - 0.15 * size;

const bracket: Drawing = (random, size) => {
  const reach = 0.28 * size;
  const thickness = random.between(0.05, 0.09);
  const lying = { halfWidth: reach, halfHeight: thickness, cornerRadius: 0.015 };
  const standing = { halfWidth: thickness, halfHeight: reach, cornerRadius: 0.015 };
  return (x, y) =>
    Math.min(
      boxDistance(x, y + reach - thickness, lying),
      boxDistance(x + reach - thickness, y, standing),
    );
};

const balls: Drawing = (random) => {
  const all = Array.from({ length: 2 + random.integer(5) }, () => ({
    x: random.between(-0.28, 0.28),
    y: random.between(-0.28, 0.28),
    radius: random.between(0.05, 0.12),
  }));
  return (x, y) =>
    all.reduce((nearest, ball) => {
      const distance = circleDistance(x - ball.x, y - ball.y, ball.radius);
      return distance < nearest ? distance : nearest;
    }, 1);
};

const gear: Drawing = (random, size) => {
  const radius = 0.24 * size;
  const toothCount = 8 + random.integer(10);
  const bore = radius * random.between(0.2, 0.5);
  return (x, y) => {
    const tooth = 0.02 * Math.sin(Math.atan2(y, x) * toothCount);
    return Math.max((length(x, y) - radius - tooth) * 0.8, -circleDistance(x, y, bore));
  };
};

const twoRings: Drawing = (random, size) => {
  const radius = 0.13 * size;
  const offset = random.between(0.12, 0.2);
  return (x, y) => {
    const left = Math.abs(circleDistance(x + offset, y, radius));
    const right = Math.abs(circleDistance(x - offset, y, radius));
    return Math.min(left, right) - 0.025;
  };
};

const star: Drawing = (random, size) => {
  const rayCount = 4 + random.integer(4);
  return (x, y) =>
    (length(x, y) - 0.22 * size - 0.06 * Math.cos(Math.atan2(y, x) * rayCount)) * 0.7;
};

const trained: readonly [Drawing, ...Drawing[]] = [
  disc,
  washer,
  hexNut,
  bolt,
  bar,
  triangle,
  bracket,
  balls,
];

/** @param bodies - `trained` leaves out the three kinds kept back to see how well refusing carries over. */
export function drawForeignBody(random: RandomStream, bodies: 'trained' | 'all'): Body {
  const drawing = random.pick(bodies === 'all' ? [...trained, gear, twoRings, star] : trained);
  return bodyOf(drawing(random, random.between(0.6, 1.15)));
}
