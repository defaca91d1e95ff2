/** The demo from start to verdict. */

import { mkdir } from 'node:fs/promises';
import { startWorld, type World } from '../world.ts';
import type { DemoInput } from './inputs.ts';
import { makeInputs } from './inputs.ts';
import { awaitOutcomes } from './outcomes.ts';
import { printReport } from './printReport.ts';
import { type Progress, startProgress } from './progress.ts';
import { checkDemo, demoReport } from './report.ts';
import { sendInputs } from './send.ts';

export interface DemoOptions {
  readonly uploadCount: number;
  readonly eventCount: number;
  readonly callsPerSecond: number;
  readonly seed: number;
  readonly keepDir: string | undefined;
  readonly isJson: boolean;
}

/** Generous: half a minute is usual. Whatever is missing then is named. */
const patienceMs = 150_000;

/** @returns the exit code: 0 when every input has exactly one outcome and one event. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const progress = startProgress(process.stderr);
  if (options.keepDir !== undefined) await mkdir(options.keepDir, { recursive: true });
  progress.say('starting the local world and making photos …');
  const [world, inputs] = await Promise.all([
    startWorld({
      dataDir: options.keepDir,
      prediction: { quota: { callsPerSecond: options.callsPerSecond } },
      onLog: ({ level, message }) => {
        if (level === 'error' || level === 'critical') progress.note(`app: ${message}`);
      },
    }),
    makeInputs(options),
  ]);
  try {
    return await runIn(world, inputs, options, progress);
  } finally {
    progress.say('stopping …');
    await world.stop();
    progress.end();
  }
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
  await sendInputs(world, inputs);
  const collected = await awaiting;
  const report = demoReport(world, inputs, collected, startedAtMs);
  const problems = checkDemo(inputs, collected);
  progress.clear();
  if (options.isJson) process.stdout.write(`${JSON.stringify({ ...report, problems })}\n`);
  else printReport(report, problems, options.keepDir);
  return problems.length === 0 ? 0 : 1;
}
