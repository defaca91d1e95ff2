/** The demo from start to verdict. */

import { prepareFurtherHost, startFunctionsPart } from '../parts/functions.ts';
import { startWorld, type World } from '../world.ts';
import type { WorldOptions } from '../worldOptions.ts';
import type { DemoInput } from './inputs.ts';
import { makeInputs } from './inputs.ts';
import { type OperatorsView, operatorsView } from './operatorsView.ts';
import { awaitOutcomes, type Collected } from './outcomes.ts';
import { printOperatorsView } from './printOperatorsView.ts';
import { printReport } from './printReport.ts';
import { type Progress, startProgress } from './progress.ts';
import { checkDemo, demoReport } from './report.ts';
import { sendInputs } from './send.ts';

export interface DemoOptions {
  readonly uploadCount: number;
  readonly eventCount: number;
  readonly callsPerSecond: number;
  readonly instanceCount: number;
  /** Of the quota; all at once where unset. */
  readonly loadRatio: number | undefined;
  readonly seed: number;
  readonly keepDir: string | undefined;
  readonly isJson: boolean;
}

/** Generous: half a minute is usual. Whatever is missing then is named. */
const patienceMs = 150_000;

/** @returns the exit code: 0 when every input has exactly one outcome and one event. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const progress = startProgress(process.stderr);
  progress.say('starting the local world and making photos …');
  const worldOptions: WorldOptions = {
    dataDir: options.keepDir,
    telemetry: true,
    prediction: { quota: { callsPerSecond: options.callsPerSecond } },
    onLog: ({ level, message }) => {
      if (level === 'error' || level === 'critical') progress.note(`app: ${message}`);
    },
  };
  const [world, inputs] = await Promise.all([startWorld(worldOptions), makeInputs(options)]);
  const more = await moreHosts(options.instanceCount - 1, worldOptions, world);
  try {
    return await runIn(world, inputs, options, progress);
  } finally {
    progress.say('stopping …');
    await Promise.all(more.map((host) => host.stop()));
    await world.stop();
    progress.end();
  }
}

/** Uploads come to one host only: each local host has an Event Grid of its own, on Azure there is one. */
function moreHosts(count: number, options: WorldOptions, { settings }: World) {
  const shared = { ...settings, 'AzureWebJobs.predictOnUpload.Disabled': 'true' };
  return Promise.all(
    Array.from({ length: count }, () =>
      startFunctionsPart(prepareFurtherHost(options), { ...options, ports: {} }, shared),
    ),
  );
}

async function runIn(
  world: World,
  inputs: readonly DemoInput[],
  options: DemoOptions,
  progress: Progress,
): Promise<number> {
  const startedAtMs = performance.timeOrigin + performance.now();
  const awaiting = awaitOutcomes(world, inputs, {
    patienceMs,
    onProgress: (doneCount) => progress.bar('outcomes', doneCount, inputs.length),
  });
  const { loadRatio, callsPerSecond } = options;
  await sendInputs(world, inputs, loadRatio && loadRatio * callsPerSecond);
  const collected = await awaiting;
  const report = demoReport(world, inputs, collected, startedAtMs);
  const { telemetry } = world;
  const view = telemetry && (await operatorsView(telemetry, collected.documents.length));
  const problems = [...checkDemo(inputs, collected), ...checkTold(view, collected)];
  progress.clear();
  if (options.isJson) {
    process.stdout.write(`${JSON.stringify({ ...report, operators: view, problems })}\n`);
  } else {
    if (view) printOperatorsView(view);
    printReport(report, problems, options.keepDir);
  }
  return problems.length === 0 ? 0 : 1;
}

/** Operators are to be told of each outcome. */
function checkTold(view: OperatorsView | undefined, { documents }: Collected): string[] {
  if (!view || view.settledCount === documents.length) return [];
  return [`operators were told of ${view.settledCount} of ${documents.length} outcomes`];
}
