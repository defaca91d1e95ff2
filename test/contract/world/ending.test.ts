/** What is left of a world once it has ended, one way or the other. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { holdings, leftovers } from '../../../bench/leftovers.ts';
import { startBackends, startWorld } from '../../../local/world.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import { exportFixture } from '../predictionEndpoint/helpers/exportFixture.ts';

let folder: string;
const temporary = process.env['TMPDIR'];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightglass-ending-'));
});
afterAll(() => {
  if (temporary === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = temporary;
  rmSync(folder, { recursive: true });
});

async function onePhoto(): Promise<void> {
  const world = await startWorld();
  const blobs = BlobServiceClient.fromConnectionString(world.storage.connectionString);
  const photo = blobs.getContainerClient('photos').getBlockBlobClient('a.jpg');
  await photo.uploadData(await goodPhoto());
  await vi.waitFor(
    async () => {
      const first = await blobs.getContainerClient('results').listBlobsFlat().next();
      expect(first.done).toBe(false);
    },
    { timeout: 20_000, interval: 20 },
  );
  await world.stop();
}

/** `npm run bench -- world` does it with twenty whole ones. */
it('leaves no handle, process, file or memory after ten worlds one after the other', async () => {
  process.env['TMPDIR'] = folder;
  await onePhoto();
  const before = holdings(['.', folder]);

  await onePhoto();
  await onePhoto();
  for (let world = 0; world < 8; world += 1) {
    const backends = await startBackends({ prediction: { scoring: 'fixed' } });
    await backends.stop();
  }

  const { heapBytes, ...left } = await leftovers(before, ['.', folder]);
  expect(left).toEqual({ handles: [], childPids: [], files: [] });
  expect(heapBytes).toBeLessThan(10_000_000);
}, 90_000);

it('says why its model cannot be used, and leaves nothing of what had started', async () => {
  process.env['TMPDIR'] = folder;
  const { modelDir, remove } = await exportFixture({ modelBytes: Buffer.from('no model') });
  const before = holdings(['.', folder]);

  const starting = startWorld({ prediction: { modelDir } });

  await expect(starting).rejects.toThrow('model.onnx: the model file is damaged');
  const { heapBytes: _, ...left } = await leftovers(before, ['.', folder]);
  expect(left).toEqual({ handles: [], childPids: [], files: [] });
  await remove();
}, 60_000);

/** All the way down. */
function processesBelow(root: number): number[] {
  const listing = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = listing
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.flatMap(([pid = 0, of]) => (of === parent ? [pid, ...below(pid)] : []));
  return below(root);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process.
    return false;
  }
}

it('leaves nothing behind when Ctrl-C comes in the middle of its start', async () => {
  const TMPDIR = mkdtempSync(join(folder, 'start-'));
  const start = spawn(process.execPath, ['local/start.ts'], {
    stdio: ['ignore', 'pipe', 2],
    env: { ...process.env, TMPDIR },
  });
  onTestFinished(() => void start.kill('SIGKILL'));
  let said = '';
  start.stdout?.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  await vi.waitUntil(() => readdirSync(TMPDIR).length > 0, { timeout: 60_000, interval: 5 });

  start.kill('SIGINT');

  const [exitCode] = await once(start, 'close');
  expect({ exitCode, said, left: readdirSync(TMPDIR) }).toEqual({
    exitCode: 0,
    said: '',
    left: [],
  });
}, 120_000);

it('takes every process with it when it is killed without warning', async () => {
  const file = join(folder, 'killed.json');
  const start = spawn(process.execPath, ['local/start.ts', '--ready-file', file], {
    stdio: 'ignore',
  });
  onTestFinished(() => void start.kill('SIGKILL'));
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), { timeout: 60_000, interval: 50 });
  const { functions } = JSON.parse(readFileSync(file, 'utf8'));
  const below = processesBelow(start.pid ?? 0);
  expect(below.length).toBeGreaterThanOrEqual(2);

  start.kill('SIGKILL');

  await vi.waitFor(() => expect(below.filter(isAlive)).toEqual([]), {
    timeout: 15_000,
    interval: 50,
  });
  await expect(fetch(functions.url)).rejects.toThrow();
}, 120_000);
