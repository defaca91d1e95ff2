import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const heap = fileURLToPath(new URL('../../../functions/heap.ts', import.meta.url));

/** Collects the heap whole twice: with some objects alive, and with three times as many. */
const script = `
await import(process.argv[1]);
const objects = (count) => Array.from({ length: count }, (_, index) => ({ index, list: [index] }));
globalThis.few = objects(200_000);
globalThis.gc();
globalThis.many = objects(400_000);
globalThis.gc();
`;
const asTold = [
  '--expose-gc',
  '--trace-gc',
  '--trace-gc-verbose',
  '--input-type=module',
  '-e',
  script,
];
/** The limit has a constant part, which would grow with this otherwise. */
const sameYoungGeneration = ['--min-semi-space-size=8', '--max-semi-space-size=8'];

it('lets the heap grow by as much again as was alive, however slowly an app allocates', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...sameYoungGeneration,
    ...asTold,
    heap,
  ]);

  const lines = stdout.matchAll(
    /\[HeapController\] Limit: old size: (\d+) KB, new limit: (\d+) KB/g,
  );
  const limits = Array.from(lines, ([, aliveKb, limitKb]) => ({
    aliveKb: Number(aliveKb),
    aboveTwiceKb: Number(limitKb) - 2 * Number(aliveKb),
  })).filter(({ aliveKb }) => aliveKb > 20_000);
  const spreadOf = (values: number[]) => Math.max(...values) - Math.min(...values);
  expect(spreadOf(limits.map(({ aliveKb }) => aliveKb))).toBeGreaterThan(30_000);
  expect(spreadOf(limits.map(({ aboveTwiceKb }) => aboveTwiceKb))).toBeLessThan(1_000);
});
