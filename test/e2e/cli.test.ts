/** Operators' commands as operators run them, on photos that no event ever brought. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startFunctionsHostProcess } from '../../local/functionsHost/startFunctionsHostProcess.ts';
import { type Backends, startBackends } from '../../local/world.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';

let backends: Backends;

beforeAll(async () => {
  backends = await startBackends({
    settings: { PHOTO_ATTEMPT_BUDGET: '1', QUOTA_CALLS_PER_SECOND: '20' },
  });
  await Promise.all(['old/1.jpg', 'old/2.jpg', 'other/3.jpg'].map(upload));
});
afterAll(() => backends.stop());

async function upload(blobName: string): Promise<void> {
  const service = BlobServiceClient.fromConnectionString(backends.storage.connectionString);
  const client = service.getContainerClient('photos').getBlockBlobClient(blobName);
  await client.uploadData(await goodPhoto(blobName.length / 20));
}

const cli = (...args: string[]) => cliWith({}, ...args);

async function cliWith(settings: Readonly<Record<string, string>>, ...args: string[]) {
  const env = { PATH: process.env['PATH'], ...backends.settings, ...settings };
  const child = spawn(process.execPath, ['cli/main.ts', ...args], { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [exitCode]: unknown[] = await once(child, 'close');
  return { exitCode, stdout, stderr, document: () => JSON.parse(stdout) };
}

const startHost = async () =>
  startFunctionsHostProcess({
    entry: 'functions/main.ts',
    settings: backends.settings,
    hostJson: JSON.parse(readFileSync('host.json', 'utf8')),
    onLog: () => {},
  });

it('says what is missing, what a backfill would take, and does it', async () => {
  const before = await cli('reconcile', '--json');
  const dryRun = await cli('backfill', 'old/', '--json', '--price', '4');
  const again = await cli('reconcile', '--json');
  const done = await cli('backfill', 'old/', '--yes', '--json');
  const after = await cli('reconcile', '--list');

  expect(before).toMatchObject({ exitCode: 1 });
  expect(before.document()).toMatchObject({ missingCount: 3, counts: { deferred: 3 } });
  expect(dryRun.document()).toMatchObject({ isDryRun: true, callCount: 2, costUsd: 0.008 });
  expect(dryRun.document().time).toMatchObject({ kind: 'drains' });
  expect(again.document()).toMatchObject({ missingCount: 3 });
  expect(done.document()).toMatchObject({ isDryRun: false, missingCount: 2, isComplete: true });
  expect(after.stdout).toContain('1 missing (--requeue puts them to work): other/3.jpg');
  expect(after.stdout).toMatch(/deferred +old\/1\.jpg/);
});

it('lists what was given up with the reason, and replays it into a second outcome', async () => {
  backends.prediction.control.faults.add('serviceError', { count: 1 });
  const host = await startHost();
  await vi.waitFor(async () => expect((await cli('dead')).stdout).toContain('\n1 dead'), {
    timeout: 60_000,
    interval: 200,
  });

  const dryRun = await cli('replay');
  const replayed = await cli('replay', '--yes', '--json');

  expect(dryRun.stdout).toContain('1 would be put to work (--yes does it)');
  expect(dryRun.stdout).toContain('attempt-budget-spent');
  expect(replayed.document()).toMatchObject({ isDryRun: false, callCount: 1 });
  await vi.waitFor(
    async () => {
      const { stdout } = await cli('reconcile', '--prefix', 'old/', '--json');
      expect(JSON.parse(stdout).counts).toMatchObject({ dead: 0, deferred: 0 });
    },
    { timeout: 60_000, interval: 200 },
  );
  await host.stop();
});

it('pauses the fleet with a reason that the quota shows, and resumes', async () => {
  await cli('pause', 'new', 'iteration');
  const paused = await cli('quota');
  await cli('resume');
  const resumed = await cli('quota', '--json');

  expect(paused.stdout).toContain('paused: new iteration');
  expect(resumed.document()).toMatchObject({ mode: 'shared', pausedBecause: '' });
});

it('says how to get a quota where there is none to pause', async () => {
  const { exitCode, stderr } = await cliWith({ QUOTA_CALLS_PER_SECOND: '0' }, 'pause', 'x');

  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    'Set it (a local world gets it with npm start -- --calls-per-second 10)',
  );
});

it('calls a quota document that is not ours by its name, and leaves it alone', async () => {
  const service = BlobServiceClient.fromConnectionString(backends.storage.connectionString);
  const container = service.getContainerClient('quota');
  const [blobName = ''] = await Array.fromAsync(container.listBlobsFlat(), ({ name }) => name);
  const document = container.getBlockBlobClient(blobName);
  const before = await document.downloadToBuffer();
  await document.uploadData(Buffer.from('{"v":2}'));

  const told = await Promise.all([cli('quota'), cli('pause', 'x'), cli('resume')]);

  for (const { exitCode, stdout, stderr } of told) {
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(`quota/${blobName}`);
    expect(stderr).toContain('docs/runbook.md#blobs-that-are-not-in-our-form');
  }
  expect((await document.downloadToBuffer()).toString()).toBe('{"v":2}');
  await document.uploadData(before);
});

it('says what to do about settings that are missing, wrong, or refused', async () => {
  const without = await cliWith({ PREDICTION_PROJECT_ID: '' }, 'quota');
  const torn = await cliWith({ ResultsStorage: 'AccountName=x;AccountKey=hidden' }, 'quota');
  const { connectionString } = backends.storage;
  const wrongKey = connectionString.replace(/AccountKey=..../, 'AccountKey=AAAA');
  const refused = await cliWith({ ResultsStorage: wrongKey }, 'reconcile');
  const noFile = await cli('quota', '--settings', 'none.json');

  expect(without.stderr).toMatch(/PREDICTION_PROJECT_ID: is missing\n.*docs\/settings\.md/);
  expect(torn.stderr).toContain('ResultsStorage: is not a connection string');
  expect(torn.stderr).not.toContain('hidden');
  expect(refused.stderr).toMatch(/STORE_UNAVAILABLE.*\n.*reached, and refused/);
  expect(noFile.stderr).toMatch(/^--settings: .*none\.json/);
  for (const { exitCode } of [without, torn, refused, noFile]) expect(exitCode).toBe(1);
});

it.each([
  ['no command', [], 'Which command?'],
  ['an unknown command', ['refill'], 'There is no command "refill"'],
  ['an unknown option', ['reconcile', '--all'], '--all'],
  ['a pause without a reason', ['pause'], 'REASON'],
  ['a backfill of two prefixes', ['backfill', 'a', 'b'], 'can\'t take "b"'],
  ['a backfill without a prefix', ['backfill'], 'one PREFIX'],
  ['a prefix without its option', ['replay', 'old/', '--yes'], 'replay can\'t take "old/"'],
  ['a price that is no number', ['backfill', 'a', '--price', 'two'], '--price'],
] as const)('exits 2 and says how it is used for %s', async (_, args, text) => {
  const { exitCode, stderr, stdout } = await cli(...args);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(text);
});
