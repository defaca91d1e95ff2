/** The model's thread: decodes and scores one photo after the other, until it is told to stop. */
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { type OnnxSession, onnxSession } from './onnxSession.ts';
import { rgbPixels, tensorValues } from './pixels.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.ts';

const setup: WorkerSetup = workerData;

function say(message: FromWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  parentPort?.postMessage(message);
}

async function start(): Promise<void> {
  try {
    const session = await onnxSession(await readFile(setup.model.modelPath), setup.runtime);
    await checkLabels(session);
    listen(session);
    say({ kind: 'ready', runtime: session.runtime });
  } catch (error) {
    say({ kind: 'unusable', detail: detailOf(error) });
  }
}

/** Also the first run, which is slower than the others. */
async function checkLabels(session: OnnxSession): Promise<void> {
  const { widthPx, heightPx } = session.inputShape;
  const { length } = await session.run(new Float32Array(3 * widthPx * heightPx));
  const labelCount = setup.model.labels.length;
  if (length === labelCount) return;
  throw new Error(`the model answers ${length} probabilities for ${labelCount} labels`);
}

function listen(session: OnnxSession): void {
  let previous = Promise.resolve();
  parentPort?.on('message', (message: ToWorker) => {
    previous = previous.then(() =>
      message.kind === 'stop' ? stop(session) : score(session, message),
    );
  });
}

async function stop(session: OnnxSession): Promise<void> {
  await session.release();
  parentPort?.close();
}

type ScoreJob = Extract<ToWorker, { kind: 'score' }>;

async function score(session: OnnxSession, { jobId, bytes, format }: ScoreJob): Promise<void> {
  const rgb = await rgbPixels(bytes, format, session.inputShape).catch(() => undefined);
  if (!rgb) return say({ kind: 'undecodable', jobId });
  try {
    const output = await session.run(tensorValues(rgb, session.inputShape, setup.model));
    say({ kind: 'scored', jobId, probabilities: [...output] });
  } catch (error) {
    say({ kind: 'broken', jobId, detail: detailOf(error) });
  }
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

await start();
