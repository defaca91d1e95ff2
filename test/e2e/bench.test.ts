import { execFile } from 'node:child_process';
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
