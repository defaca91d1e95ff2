/**
 * What telemetry costs: the same app with telemetry and without, in turns, in processes of their own;
 * what of it is paid for; and that an ingestion endpoint which is gone or hangs slows nothing.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makeCertificate } from '../local/http/certificate.ts';
import type { Bench, BenchOptions } from './measure.ts';
import { buildAppProgram } from './telemetry/appProcess.ts';
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

/** How many processes each variant has, one after the other, and what each of them does. */
interface CrewPlan extends TurnPlan {
  readonly crewCount: number;
}

interface Plan {
  readonly cost: CrewPlan;
  readonly sick: CrewPlan;
  readonly floodedCount: number;
  readonly startCount: number;
}

/** Two processes of the same program differ by some percent, for as long as they live. */
const cost = { crewCount: 6, turnCount: 4, lineCount: 120, stormCount: 0, warmUpCount: 500 };
const sick = { crewCount: 6, turnCount: 3, lineCount: 0, stormCount: 96, warmUpCount: 200 };
const plan: Plan = { cost, sick, floodedCount: 100_000, startCount: 7 };
const fullPlan: Plan = {
  ...plan,
  cost: { ...cost, crewCount: 20 },
  sick: { ...sick, crewCount: 16 },
};
const few = { crewCount: 1, turnCount: 2, lineCount: 3, stormCount: 5, warmUpCount: 5 };
const quickPlan: Plan = { cost: few, sick: few, floodedCount: 2_000, startCount: 1 };

export const telemetry: Bench = async ({ seed, isQuick, isFull, say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'sightglass-bench-'));
  const certificate = await makeCertificate('127.0.0.1');
  const authorityFile = join(folder, 'authority.pem');
  await writeFile(authorityFile, certificate.authorityPem);
  setDefaultCACertificates([...getCACertificates('default'), certificate.authorityPem]);
  const [program, healthy, hanging, world, storage] = await Promise.all([
    buildAppProgram(folder),
    startIngestion(certificate),
    startIngestion(certificate, true),
    startWorldProcess(certificate),
    startBlobsProcess(seed, certificate),
  ]);
  const settings = { ...world.settings, ...storage.settings };
  const grounds: Grounds = { program, settings, healthy, hanging, folder, authorityFile };
  const { cost, sick, floodedCount, startCount } = planOf(isQuick, isFull);
  const measures = [
    ...(await compared(grounds, cost, storage, say)),
    ...(await besideSick(grounds, sick, storage, say)),
    ...(await floodMeasures(await startFlooded(grounds), healthy, floodedCount)),
    ...(await startMeasures(
      folder,
      { ...telling(healthy, keys.start), NODE_EXTRA_CA_CERTS: authorityFile },
      startCount,
    )),
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
  crewPlan: CrewPlan,
  storage: BenchStorage,
  say: BenchOptions['say'],
) {
  const crews = await eachCrew(crewPlan, say, async () => {
    const apps = await startCompared(grounds);
    const turns = await runTurns(apps, crewPlan, storage);
    await Promise.all(Object.values(apps).map((app) => app.ask({ kind: 'stop' })));
    return { turns };
  });
  return costMeasures(crews, photoCountOf({ ...crewPlan, warmUpCount: 0 }));
}

async function besideSick(
  grounds: Grounds,
  crewPlan: CrewPlan,
  storage: BenchStorage,
  say: BenchOptions['say'],
) {
  const crews = await eachCrew(crewPlan, say, async () => {
    const apps = await startSick(grounds);
    const turns = await runTurns(apps, crewPlan, storage);
    const [well, dead, hanging] = await Promise.all([
      apps.well.ask({ kind: 'stop' }),
      apps.dead.ask({ kind: 'stop' }),
      apps.hanging.ask({ kind: 'stop' }),
    ]);
    return { turns, flushes: { well, dead, hanging } };
  });
  return [
    ...bytesMeasures(grounds.healthy.received(keys.well), photoCountOf(crewPlan)),
    ...sickMeasures(crews, 'dead'),
    ...sickMeasures(crews, 'hanging'),
  ];
}

/** One process of each variant at a time, some times over. */
async function eachCrew<Result>(
  { crewCount }: CrewPlan,
  say: BenchOptions['say'],
  run: () => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let crew = 1; crew <= crewCount; crew += 1) {
    results.push(await run());
    say(`processes ${crew} of ${crewCount}`);
  }
  return results;
}

/** Of each variant, in all of its processes. */
function photoCountOf({ crewCount, turnCount, lineCount, stormCount, warmUpCount }: CrewPlan) {
  return crewCount * (warmUpCount + turnCount * (lineCount + stormCount));
}
