import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

/** What was left behind, lost or added may be nothing, and less than nothing on a busy machine. */
const mayBeNone = /^(?:left|lost)|Added|Growth/;

it.each([
  ['throughput', ['throughputRatio']],
  ['latency', ['addedLatencyP50Ms', 'addedLatencyP95Ms', 'addedLatencyP99Ms']],
  ['world', ['cycleMs', 'standInMs', 'startMs']],
  ['start', ['bundleReadyRatio', 'sourceReadyRatio', 'worldReadyMs']],
  ['eventhub', ['eventsInPerSecond', 'eventsOutPerSecond', 'bytesPerKeptEvent', 'connectMs']],
  [
    'telemetry',
    ['cpuAddedRatio', 'ingestedBytesPer1000Photos', 'activeSeries', 'startAddedMs', 'flushMs'],
  ],
])('prints the measures of the bench %s as one JSON document', async (bench, names) => {
  const { stdout } = await run(process.execPath, ['bench/main.ts', bench, '--json', '--quick']);

  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ bench, seed: 1 });
  expect(report.measures.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(names),
  );
  for (const { name, value } of report.measures) {
    if (!mayBeNone.test(name)) expect(value, name).toBeGreaterThan(0);
  }
});

it('names the benches there are when asked for another', async () => {
  const asked = run(process.execPath, ['bench/main.ts', 'nonsense']);

  await expect(asked).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('latency'),
  });
});

it('tells what a simulation has that is cut off, and which seeds those were', async () => {
  const words = ['bench/main.ts', 'simulation', '--json', '--full', '--seed', '7'];
  const child = spawn(process.execPath, words);
  const [closed, stdout] = [once(child, 'close'), text(child.stdout)];
  await once(child.stderr, 'data');

  // As `timeout` before npm does it: the group gets the signal, and npm hands it on.
  child.kill('SIGTERM');
  child.kill('SIGTERM');

  expect(await closed).toEqual([0, null]);
  const { measures } = JSON.parse(await stdout);
  expect(measures).toContainEqual(
    expect.objectContaining({
      name: 'brokenSeeds',
      case: expect.stringMatching(/^seeds=7\.\.\d{1,2},photos=250,kills=25$/),
      value: 0,
      holds: true,
    }),
  );
});
