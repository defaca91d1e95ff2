/**
 * Time from the start of a host process to its first handled event, for the app as a bundle, as
 * source, and for a hello-world app on the same host; and how long the whole world takes to be ready.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBundle } from '../infra/package/build.ts';
import { startFunctionsHostProcess } from '../local/functionsHost/startFunctionsHostProcess.ts';
import { type Backends, startBackends, startWorld } from '../local/world.ts';
import type { Bench } from './measure.ts';
import { quantile } from './measure.ts';

const sourceEntry = new URL('../functions/main.ts', import.meta.url).pathname;
const helloEntry = new URL('helloApp.ts', import.meta.url).pathname;

export const start: Bench = async ({ isQuick, say }) => {
  const roundCount = isQuick ? 1 : 5;
  const folder = await mkdtemp(join(tmpdir(), 'sightglass-bench-'));
  const bundle = join(folder, 'main.cjs');
  await buildBundle(bundle);
  const backends = await startBackends({ prediction: { scoring: 'fixed' } });
  const rounds: Record<'hello' | 'bundle' | 'source', number>[] = [];
  for (let round = 0; round <= roundCount; round += 1) {
    const times = {
      hello: await readyMs(backends, helloEntry, 'hello'),
      bundle: await readyMs(backends, bundle, 'health/live'),
      source: await readyMs(backends, sourceEntry, 'health/live'),
    };
    say(`round ${round}: ${JSON.stringify(times)}`);
    // The first round fills the file cache.
    if (round > 0) rounds.push(times);
  }
  await backends.stop();
  const worldReadyMs = await worldTimes(isQuick ? 1 : 3, say);
  await rm(folder, { recursive: true });
  const common = { case: `rounds=${roundCount}` };
  const median = (values: readonly number[]) => quantile(values, 0.5);
  const ratio = (kind: 'bundle' | 'source') =>
    median(rounds.map((round) => round[kind] / round.hello));
  return [
    {
      ...common,
      name: 'bundleReadyRatio',
      value: ratio('bundle'),
      unit: 'ratio',
      target: { op: '<=', value: 3 },
    },
    { ...common, name: 'sourceReadyRatio', value: ratio('source'), unit: 'ratio' },
    {
      ...common,
      name: 'helloReadyMs',
      value: median(rounds.map((round) => round.hello)),
      unit: 'ms',
    },
    {
      ...common,
      name: 'worldReadyMs',
      value: median(worldReadyMs),
      unit: 'ms',
      target: { op: '<=', value: 6_000 },
    },
  ];
};

async function readyMs(backends: Backends, entry: string, route: string): Promise<number> {
  const startedAtMs = performance.now();
  const { settings } = backends;
  const host = await startFunctionsHostProcess({
    entry,
    settings,
    hostJson: { version: '2.0' },
    onLog: () => {},
  });
  const response = await fetch(`${host.url}/api/${route}`);
  const elapsedMs = performance.now() - startedAtMs;
  await host.stop();
  if (!response.ok) throw new Error(`${route} answered ${response.status}`);
  return elapsedMs;
}

async function worldTimes(roundCount: number, say: (text: string) => void): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < roundCount; round += 1) {
    const startedAtMs = performance.now();
    const world = await startWorld();
    times.push(performance.now() - startedAtMs);
    await world.stop();
  }
  say(`world ready: ${times.map(Math.round).join(', ')} ms`);
  return times;
}
