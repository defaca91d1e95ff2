/** Loads the app and calls its functions as the host says. What the app breaks, breaks this process. */
import { messageOf } from '../../../shared/errors.ts';
import { type App, loadApp } from '../app/loadApp.ts';
import {
  type InvocationAnswer,
  type LoadedApp,
  type WorkerReply,
  type WorkerRequest,
  workerRequestSchema,
} from './workerMessages.ts';

let app: App | undefined;

process.on('message', (message: unknown) => void perform(workerRequestSchema.parse(message)));
// Without a host nobody would ever stop it.
process.once('disconnect', () => process.exit());
// Signals to the whole group are the host's to answer: it says when this process ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

function reply(message: WorkerReply): void {
  if (process.connected) process.send?.(message);
}

async function perform(request: WorkerRequest): Promise<void> {
  switch (request.kind) {
    case 'load':
      Object.assign(process.env, request.settings);
      return reply({ kind: 'loaded', app: await load(request.entry) });
    case 'invoke':
      return answer(request.callId, await invoke(request));
    case 'measure': {
      const { maxRSS } = process.resourceUsage();
      const memory = { rssBytes: process.memoryUsage.rss(), peakRssBytes: maxRSS * 1_024 };
      return reply({ kind: 'measured', callId: request.callId, memory });
    }
    case 'terminate':
      return terminate();
  }
}

/** An app that can't be loaded is an app without functions: only the console knows why. */
async function load(entry: string): Promise<LoadedApp> {
  try {
    app = await loadApp(entry, (log) => reply({ kind: 'log', log }));
    const { functions, capabilities } = app;
    // As on the real wire, where bindings are JSON: what isn't data stays behind.
    return { functions: JSON.parse(JSON.stringify(functions)), capabilities };
  } catch (error) {
    const message = `Worker was unable to load entry point "${entry}": ${messageOf(error)}`;
    reply({ kind: 'log', log: { level: 'error', category: 'Host.Function.Console', message } });
    return { functions: [], capabilities: {} };
  }
}

async function invoke({
  functionName,
  request,
}: Extract<WorkerRequest, { kind: 'invoke' }>): Promise<InvocationAnswer> {
  try {
    if (!app) throw new Error(`The worker has no function "${functionName}".`);
    return { kind: 'succeeded', response: await app.invoke(functionName, request) };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): InvocationAnswer {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return { kind: 'failed', message: messageOf(error), stack };
}

/** What can't be sent is a failure of the call, not of the worker. */
function answer(callId: number, result: InvocationAnswer): void {
  try {
    reply({ kind: 'invoked', callId, answer: result });
  } catch (error) {
    reply({ kind: 'invoked', callId, answer: failure(error) });
  }
}

async function terminate(): Promise<void> {
  try {
    await app?.terminate();
  } catch (error) {
    const message = `A terminate hook failed: ${messageOf(error)}`;
    reply({ kind: 'log', log: { level: 'error', category: 'Worker', message } });
  }
  reply({ kind: 'terminated' });
}
