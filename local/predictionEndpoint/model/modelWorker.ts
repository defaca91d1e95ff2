/** The model's thread: decodes and scores one photo after the other, until it is told to stop. */
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Finding } from './findings.ts';
import { boxesFrom, classesFrom, type Outputs } from './findingsReader.ts';
import { adaptGraph } from './onnx/adaptGraph.ts';
import { type OnnxSession, onnxSession } from './onnxSession.ts';
import { type PixelSettings, pixelSettings } from './pixelSettings.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.ts';

const setup: WorkerSetup = workerData;

/** The decoder takes as long to load as the network: it does so once the start is over. */
const pixelTools = lazily(() => import('./pixels.ts'));

function lazily<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loading: Promise<Value> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}

function say(message: FromWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  parentPort?.postMessage(message);
}

interface Network {
  readonly session: OnnxSession;
  readonly pixels: PixelSettings;
  readonly labels: readonly string[];
}

async function start(): Promise<void> {
  try {
    const network = await load();
    listen(network);
    const { session, labels } = network;
    say({ kind: 'ready', runtime: session.runtime, labels });
    await pixelTools();
  } catch (error) {
    say({ kind: 'unusable', detail: detailOf(error) });
  }
}

async function load(): Promise<Network> {
  const { model, metadata, labels: builtIn } = adaptGraph(await readFile(setup.model.modelPath));
  const labels = setup.model.labels ?? builtIn;
  if (!labels) throw new Error('the export has no labels.txt, and its model names no labels');
  const session = await onnxSession(model, setup.runtime);
  const pixels = pixelSettings(setup.model, metadata, session.inputName);
  const network = { session, pixels, labels };
  await checkOutputs(network);
  return network;
}

/** Also the first run, which is slower than the others. */
async function checkOutputs({ session, labels }: Network): Promise<void> {
  const { widthPx, heightPx } = session.inputShape;
  findingsIn(await session.run(new Float32Array(3 * widthPx * heightPx)), labels);
}

function findingsIn(outputs: Outputs, labels: readonly string[]): readonly Finding[] {
  const { projectType, detection } = setup.model;
  return projectType === 'detect'
    ? boxesFrom(outputs, labels.length, detection)
    : classesFrom(outputs, labels.length);
}

function listen(network: Network): void {
  let previous = Promise.resolve();
  parentPort?.on('message', (message: ToWorker) => {
    previous = previous.then(() =>
      message.kind === 'stop' ? stop(network.session) : score(network, message),
    );
  });
}

async function stop(session: OnnxSession): Promise<void> {
  await session.release();
  parentPort?.close();
}

type ScoreJob = Extract<ToWorker, { kind: 'score' }>;

async function score(network: Network, { jobId, bytes, format }: ScoreJob): Promise<void> {
  const { session, pixels, labels } = network;
  const { rgbPixels, tensorValues } = await pixelTools();
  const frame = { ...session.inputShape, fit: pixels.fit };
  const rgb = await rgbPixels(bytes, format, frame).catch(() => undefined);
  if (!rgb) return say({ kind: 'undecodable', jobId });
  try {
    const outputs = await session.run(tensorValues(rgb, session.inputShape, pixels));
    say({ kind: 'scored', jobId, findings: findingsIn(outputs, labels) });
  } catch (error) {
    say({ kind: 'broken', jobId, detail: detailOf(error) });
  }
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

await start();
