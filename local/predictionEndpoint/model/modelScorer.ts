/**
 * The routes' end of the model's thread, with a bound on how many photos may wait for it. The thread
 * holds the whole session; should it die, every waiting photo gets an answer.
 */
import './quietRuntime.ts';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../../shared/errors.ts';
import type { ExportFolder } from './exportFolder.ts';
import type { Scored, Scorer } from './findings.ts';
import type { Runtime } from './onnxSession.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.ts';

export interface ModelScorerOptions {
  readonly model: ExportFolder;
  readonly runtime: Runtime | 'auto';
  /** Photos in the model's queue, the one under way included. */
  readonly maxWaitingCount: number;
}

/** @throws Error where the model can't be used, with the runtime's reason. */
export async function modelScorer(options: ModelScorerOptions): Promise<Scorer> {
  const { model, runtime: wanted, maxWaitingCount } = options;
  const setup: WorkerSetup = { model, runtime: wanted };
  const worker = new Worker(new URL('./modelWorker.ts', import.meta.url), {
    workerData: setup,
    execArgv: [],
  });
  const gone = new Promise<void>((resolve) => void worker.once('exit', () => resolve()));
  const { runtime, labels } = await readinessOf(worker).catch(async (error: unknown) => {
    await gone;
    // Several may be loaded: which one it is about.
    throw new Error(`${model.modelPath}: ${messageOf(error)}`, { cause: error });
  });
  const jobs = jobTable(worker);
  return {
    runtime,
    labels,
    async score(bytes, format) {
      if (jobs.waitingCount() >= maxWaitingCount) return { kind: 'busy' };
      return jobs.ask((jobId) => ({ kind: 'score', jobId, bytes, format }));
    },
    async stop() {
      tell(worker, { kind: 'stop' });
      await gone;
    },
  };
}

type Readiness = Extract<FromWorker, { kind: 'ready' }>;

async function readinessOf(worker: Worker): Promise<Readiness> {
  const { promise, resolve, reject } = Promise.withResolvers<Readiness>();
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('the model ended before it was ready')));
  worker.once('message', (message: FromWorker) => {
    if (message.kind === 'ready') resolve(message);
    else reject(new Error(message.kind === 'unusable' ? message.detail : message.kind));
  });
  return promise;
}

function tell(worker: Worker, message: ToWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  worker.postMessage(message);
}

function jobTable(worker: Worker) {
  const waiting = new Map<number, (scored: Scored) => void>();
  let lastJobId = 0;
  let deathDetail: string | undefined;
  worker.on('message', (message: FromWorker) => {
    if (!('jobId' in message)) return;
    waiting.get(message.jobId)?.(scoredOf(message));
    waiting.delete(message.jobId);
  });
  worker.on('error', (error) => {
    deathDetail = String(error);
  });
  worker.once('exit', () => {
    deathDetail ??= 'the model has stopped';
    for (const resolve of waiting.values()) resolve({ kind: 'broken', detail: deathDetail });
    waiting.clear();
  });
  return {
    waitingCount: () => waiting.size,
    ask(job: (jobId: number) => ToWorker): Promise<Scored> {
      if (deathDetail) return Promise.resolve({ kind: 'broken', detail: deathDetail });
      const jobId = ++lastJobId;
      return new Promise((resolve) => {
        waiting.set(jobId, resolve);
        tell(worker, job(jobId));
      });
    },
  };
}

function scoredOf(message: Extract<FromWorker, { jobId: number }>): Scored {
  const { jobId: _, ...scored } = message;
  return scored;
}
