/**
 * Which partition a key belongs to. Must equal the clients' own hash: their buffered producers
 * choose the partition themselves, and one key may not land on two partitions.
 * Source: Bob Jenkins, lookup3.c "hashlittle2" (public domain), both seeds 0, folded to 16 bits.
 */
const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** Rotations of one mixing round, applied to a, b, c in turn. */
const mixRotations = [4, 6, 8, 16, 19, 4] as const;
const finalRotations = [14, 11, 25, 16, 4, 14, 24] as const;

type State = [a: number, b: number, c: number];

function wordAt(bytes: Buffer, start: number): number {
  const byte = (index: number): number => bytes[start + index] ?? 0;
  return byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24);
}

function absorb([a, b, c]: State, bytes: Buffer, start: number): State {
  return [
    (a + wordAt(bytes, start)) | 0,
    (b + wordAt(bytes, start + 4)) | 0,
    (c + wordAt(bytes, start + 8)) | 0,
  ];
}

function mix(state: State): State {
  let [a, b, c] = state;
  for (const bits of mixRotations) {
    a = ((a - c) ^ rotate(c, bits)) | 0;
    c = (c + b) | 0;
    [a, b, c] = [b, c, a];
  }
  return [a, b, c];
}

function finish(state: State): State {
  let [a, b, c] = state;
  for (const bits of finalRotations) {
    c = ((c ^ b) - rotate(b, bits)) | 0;
    [a, b, c] = [b, c, a];
  }
  return [c, a, b];
}

export function partitionOf(partitionKey: string, partitionCount: number): number {
  const bytes = Buffer.from(partitionKey, 'utf8');
  const seed = (0xdeadbeef + bytes.length) | 0;
  let state: State = [seed, seed, seed];
  let start = 0;
  for (; bytes.length - start > 12; start += 12) state = mix(absorb(state, bytes, start));
  if (bytes.length > start) state = finish(absorb(state, bytes, start));
  const folded = ((state[2] ^ state[1]) << 16) >> 16;
  return Math.abs(folded % partitionCount);
}
