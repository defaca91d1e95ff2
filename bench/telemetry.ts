/**
 * What telemetry costs: the same app with telemetry and without, in turns, in processes of their own;
 * what of it is paid for; and that an ingestion endpoint which is gone or hangs slows nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, BenchOptions } from './measure.ts';
import { startBlobsProcess } from './telemetry/blobsProcess.ts';
import { floodMeasures } from './telemetry/floodMeasures.ts';
import { startIngestion } from './telemetry/ingestion.ts';
import { bytesMeasures, costMeasures, sickMeasures } from './telemetry/photoMeasures.ts';
import { startMeasures } from './telemetry/startTimes.ts';
import { type BenchStorage, runTurns, type TurnPlan } from './telemetry/turns.ts';
import {
  type Grounds,
  keys,
  startCompared,
  startFlooded,
  startSick,
  telling,
} from './telemetry/variants.ts';
import { startWorldProcess } from './worldProcess.ts';

interface Plan {
  readonly cost: TurnPlan;
  readonly sick: TurnPlan;
  readonly floodedCount: number;
  readonly startCount: number;
}

const cost = { turnCount: 20, lineCount: 80, stormCount: 0, warmUpCount: 1_500 };
const sick = { turnCount: 20, lineCount: 0, stormCount: 96, warmUpCount: 600 };
const plan: Plan = { cost, sick, floodedCount: 100_000, startCount: 7 };
const fullPlan: Plan = {
  ...plan,
  cost: { ...cost, turnCount: 80 },
  sick: { ...sick, turnCount: 60 },
};
const few = { turnCount: 2, lineCount: 3, stormCount: 5, warmUpCount: 5 };
const quickPlan: Plan = { cost: few, sick: few, floodedCount: 2_000, startCount: 1 };

export const telemetry: Bench = async ({ seed, isQuick, isFull, say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'sightglass-bench-'));
  const [healthy, hanging, world, storage] = await Promise.all([
    startIngestion(folder),
    startIngestion(folder, true),
    startWorldProcess(),
    startBlobsProcess(seed),
  ]);
  const settings = { ...world.settings, ...storage.settings };
  const grounds: Grounds = { settings, healthy, hanging, folder };
  const { cost, sick, floodedCount, startCount } = planOf(isQuick, isFull);
  const measures = [
    ...(await compared(grounds, cost, storage, say)),
    ...(await besideSick(grounds, sick, storage, say)),
    ...(await floodMeasures(await startFlooded(grounds), healthy, floodedCount)),
    ...(await startMeasures(folder, telling(healthy, keys.start), startCount)),
  ];
  storage.stop();
  await Promise.all([healthy.stop(), hanging.stop(), world.stop()]);
  await rm(folder, { recursive: true });
  return measures;
};

function planOf(isQuick: boolean, isFull: boolean): Plan {
  if (isQuick) return quickPlan;
  return isFull ? fullPlan : plan;
}

async function compared(
  grounds: Grounds,
  turnPlan: TurnPlan,
  storage: BenchStorage,
  say: BenchOptions['say'],
) {
  const { turnCount, lineCount, stormCount, warmUpCount } = turnPlan;
  const apps = await startCompared(grounds);
  const turns = await runTurns(apps, turnPlan, storage, say);
  await Promise.all([apps.on.ask({ kind: 'stop' }), apps.off.ask({ kind: 'stop' })]);
  const comparedCount = turnCount * (lineCount + stormCount);
  return [
    ...costMeasures(turns, comparedCount),
    ...bytesMeasures(grounds.healthy.received(keys.on), warmUpCount + comparedCount),
  ];
}

async function besideSick(
  grounds: Grounds,
  turnPlan: TurnPlan,
  storage: BenchStorage,
  say: BenchOptions['say'],
) {
  const apps = await startSick(grounds);
  const turns = await runTurns(apps, turnPlan, storage, say);
  const [well, dead, hanging] = await Promise.all([
    apps.well.ask({ kind: 'stop' }),
    apps.dead.ask({ kind: 'stop' }),
    apps.hanging.ask({ kind: 'stop' }),
  ]);
  const flushes = { well, dead, hanging };
  return [...sickMeasures(turns, flushes, 'dead'), ...sickMeasures(turns, flushes, 'hanging')];
}
