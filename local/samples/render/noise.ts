/** Smooth noise: random values on a grid, eased in between. */
import type { RandomStream } from './random.ts';

/** @returns a value in [0, 1) that changes over distances of about 1. */
export type Noise = (x: number, y: number) => number;

const tableSize = 65_536;
const tableMask = tableSize - 1;
/** Source: Teschner et al., Optimized Spatial Hashing, VMV 2003 (two of its three primes). */
const hashX = 73_856_093;
const hashY = 19_349_663;

export function valueNoise(random: RandomStream): Noise {
  const table = new Float32Array(tableSize).map(() => random.next());
  return (x, y) => {
    const left = Math.floor(x);
    const top = Math.floor(y);
    const column = Math.imul(left, hashX);
    const nextColumn = (column + hashX) | 0;
    const row = Math.imul(top, hashY);
    const nextRow = (row + hashY) | 0;
    const across = eased(x - left);
    const down = eased(y - top);
    const a = table[(column ^ row) & tableMask] ?? 0;
    const b = table[(nextColumn ^ row) & tableMask] ?? 0;
    const c = table[(column ^ nextRow) & tableMask] ?? 0;
    const d = table[(nextColumn ^ nextRow) & tableMask] ?? 0;
    return a + (b - a) * across + (c - a) * down + (a - b - c + d) * across * down;
  };
}

function eased(ratio: number): number {
  return ratio * ratio * (3 - 2 * ratio);
}
