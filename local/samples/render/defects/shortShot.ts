/** Short shot: the mould was not filled, so a ragged bite is missing from the edge. */
import type { Defect, DefectDraw } from '../defect.ts';
import { length } from '../shapes.ts';

/** Beyond this the ragged edge cannot reach, so its angle need not be computed. */
const raggedReach = 0.03;

export function drawShortShot({ random, part, severity }: DefectDraw): Defect {
  const { halfWidth, halfHeight } = part.plate;
  const side = random.next() < 0.5 ? 1 : -1;
  const isShortEdge = random.next() < 0.65;
  // The fainter the bite, the nearer its middle to the edge: never a hole inside the plate.
  const inset = 1 - (1 - random.between(0.85, 1.02)) * severity;
  const along = random.between(-1, 1);
  const centreX = isShortEdge ? side * halfWidth * inset : along * 0.16;
  const centreY = isShortEdge ? along * 0.12 : side * halfHeight * inset;
  const radius = random.between(0.065, 0.12) * severity;
  const phase = random.between(0, 9);
  return {
    cut: (x, y) => {
      const distance = length(x - centreX, y - centreY);
      if (distance > radius + raggedReach) return radius - distance;
      const angle = Math.atan2(y - centreY, x - centreX);
      const ragged = 0.018 * Math.sin(angle * 5 + phase) + 0.01 * Math.sin(angle * 11);
      return radius + ragged * severity - distance;
    },
  };
}
