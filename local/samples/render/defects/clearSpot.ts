/** Where a mark shows: on the plate, not in a hole, not lost in the rib's own light and shadow. */
import type { Part } from '../body.ts';
import type { RandomStream } from '../random.ts';

interface Spot {
  readonly x: number;
  readonly y: number;
}

const clearance = 0.03;
const maxTryCount = 40;

/** @param reach - how far from the middle the spot may lie. */
export function drawClearSpot(random: RandomStream, part: Part, reach: Spot): Spot {
  let spot = { x: 0, y: 0 };
  for (let tryCount = 0; tryCount < maxTryCount; tryCount += 1) {
    spot = { x: random.between(-reach.x, reach.x), y: random.between(-reach.y, reach.y) };
    if (isClear(part, spot)) return spot;
  }
  return spot;
}

function isClear(part: Part, { x, y }: Spot): boolean {
  return part.holeDistance(x, y) > clearance && part.ribDistance(x, y) > clearance / 2;
}
