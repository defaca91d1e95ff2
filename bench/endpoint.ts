/** How long the prediction endpoint takes to be there on its own: without a model, and with the demo's. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type PredictionEndpointOptions,
  startPredictionEndpoint,
} from '../local/predictionEndpoint/startPredictionEndpoint.ts';
import { type Bench, type Measure, quantile } from './measure.ts';

const modelDir = fileURLToPath(new URL('../local/samples/partsModel', import.meta.url));
const photosDir = fileURLToPath(new URL('../local/samples/photographs', import.meta.url));

/** Source: issue 4, proof, 2026-11-25. */
const targetMs = { fixed: 100, model: 250 };

export const endpoint: Bench = async ({ isQuick, say }) => {
  const roundCount = isQuick ? 3 : 15;
  const fixed = await rounds(roundCount, { scoring: 'fixed' });
  const model = await rounds(roundCount, { modelDir });
  say(`fixed ${JSON.stringify(fixed)} model ${JSON.stringify(model)}`);
  const common = { case: `rounds=${roundCount}`, unit: 'ms' } as const;
  const measure = (name: string, values: readonly number[], limitMs?: number): Measure => ({
    ...common,
    name,
    value: quantile(values, 0.5),
    ...(limitMs !== undefined && { target: { op: '<=', value: limitMs } }),
  });
  return [
    measure('fixedStartMs', fixed.startMs, targetMs.fixed),
    measure('modelStartMs', model.startMs, targetMs.model),
    measure('modelFirstAnswerMs', model.answerMs),
  ];
};

async function rounds(roundCount: number, options: PredictionEndpointOptions) {
  const photo = await anyPhoto();
  const startMs: number[] = [];
  const answerMs: number[] = [];
  for (let round = 0; round <= roundCount; round += 1) {
    const startedAtMs = performance.now();
    const running = await startPredictionEndpoint(options);
    const readyAtMs = performance.now();
    const answer = await fetch(`${running.endpoint}/image`, { method: 'POST', body: photo });
    await answer.text();
    const answeredAtMs = performance.now();
    await running.stop();
    if (!answer.ok) throw new Error(`the endpoint answered ${answer.status}`);
    // The first round fills the file cache.
    if (round === 0) continue;
    startMs.push(readyAtMs - startedAtMs);
    answerMs.push(answeredAtMs - readyAtMs);
  }
  return { startMs, answerMs };
}

async function anyPhoto(): Promise<Buffer<ArrayBuffer>> {
  const names = await readdir(photosDir);
  return readFile(join(photosDir, names.find((name) => name.endsWith('.jpg')) ?? ''));
}
