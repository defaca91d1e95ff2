/** The commands a newcomer runs, run as a newcomer runs them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { goodPhoto } from '../helpers/badPhotos.ts';

let folder: string;
const running = new Set<ChildProcess>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightglass-e2e-'));
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  rmSync(folder, { recursive: true, force: true });
});

function command(script: string, ...args: string[]) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]: unknown[]) => {
    running.delete(child);
    return { code, ...output };
  });
  return { child, output, ended };
}

async function startedWorld(name: string, ...args: string[]) {
  const file = join(folder, `${name}.json`);
  const start = command('local/start.ts', '--ready-file', file, ...args);
  await vi.waitFor(() => expect(existsSync(file), start.output.stderr).toBe(true), {
    timeout: 20_000,
    interval: 50,
  });
  const ready = JSON.parse(readFileSync(file, 'utf8'));
  const results = BlobServiceClient.fromConnectionString(ready.storage.connectionString);
  return {
    ready,
    output: start.output,
    async outcomeCount() {
      const container = results.getContainerClient(ready.storage.resultsContainer);
      let count = 0;
      for await (const _ of container.listBlobsFlat()) count += 1;
      return count;
    },
    async upload(blobName: string) {
      const container = results.getContainerClient(ready.storage.photosContainer);
      await container.getBlockBlobClient(blobName).uploadData(await goodPhoto());
    },
    async stop() {
      start.child.kill('SIGINT');
      return start.ended;
    },
  };
}

it('starts, tells its addresses, keeps its data, and leaves nothing behind', async () => {
  const data = join(folder, 'data');
  const first = await startedWorld('first', '--data', data);
  expect(first.ready).toMatchObject({
    storage: { photosContainer: 'photos', deferredQueue: 'deferred-predictions' },
    eventHubs: { capturesHub: 'captures', predictionsHub: 'predictions' },
    prediction: { publishedName: 'parts' },
    functions: { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) },
    telemetry: { page: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/) },
  });
  await first.upload('kept.jpg');
  await vi.waitFor(async () => expect(await first.outcomeCount()).toBe(1), {
    timeout: 15_000,
    interval: 100,
  });

  const refused = await command('local/start.ts', '--data', data).ended;
  const ended = await first.stop();
  const second = await startedWorld('second', '--data', data);

  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use by') });
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain('Three things to try');
  expect(existsSync(join(folder, 'first.json'))).toBe(false);
  await expect(fetch(`${first.ready.functions.url}/api/health/live`)).rejects.toThrow();
  expect(await second.outcomeCount()).toBe(1);
  expect((await second.stop()).code).toBe(0);
});

it('shows an address that takes an upload from curl as it is, and serves the operators’ commands', async () => {
  const settings = join(folder, 'settings.json');
  const world = await startedWorld('greeted', '--settings-file', settings);
  const [, url = ''] = /curl -T .*\\\n +"([^"]+)"/.exec(world.output.stdout) ?? [];
  const headers = { 'x-ms-blob-type': 'BlockBlob' };

  const answer = await fetch(url, { method: 'PUT', headers, body: await goodPhoto() });

  expect(answer.status).toBe(201);
  await vi.waitFor(async () => expect(await world.outcomeCount()).toBe(1), {
    timeout: 15_000,
    interval: 100,
  });
  const counted = await command('cli/main.ts', 'reconcile', '--json', '--settings', settings).ended;
  const quota = await command('cli/main.ts', 'quota', '--settings', settings).ended;
  expect(counted.code, counted.stderr).toBe(0);
  expect(quota.stdout).toContain('as fast as calls come');
  await world.stop();
  expect(existsSync(settings)).toBe(false);
});

it('runs a second world beside the first, which do not meet', async () => {
  const [one, two] = await Promise.all([startedWorld('one'), startedWorld('two')]);
  await one.upload('only-one.jpg');
  await vi.waitFor(async () => expect(await one.outcomeCount()).toBe(1), {
    timeout: 15_000,
    interval: 100,
  });

  expect(await two.outcomeCount()).toBe(0);
  const ends = await Promise.all([one.stop(), two.stop()]);
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
});

it('shows the demo as one JSON document and exits 0', async () => {
  const { ended } = command('local/demo.ts', '--json', '--photos', '12', '--events', '12');

  const { code, stdout, stderr } = await ended;

  expect(code, stderr).toBe(0);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ summary: { inputCount: 24 }, problems: [] });
  expect(report.rows).toHaveLength(24);
  expect(stderr).toMatch(/24\/24 outcomes/);
});

it('ends where its ready file can’t be written, and says so', async () => {
  const { ended } = command('local/start.ts', '--ready-file', join(folder, 'nowhere', 'a.json'));

  expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining('ENOENT') });
});

it('tells wrong use apart from failure', async () => {
  const wrong = await command('local/demo.ts', '--photos', 'many').ended;
  const unknown = await command('local/start.ts', '--nonsense').ended;

  expect([wrong.code, unknown.code]).toEqual([2, 2]);
  expect(wrong.stderr).toContain('--photos takes a whole number from 1 to 5000');
  expect(unknown.stderr).toContain('npm start -- [options]');
});
