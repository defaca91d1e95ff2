/** Loads the unchanged app into this process and holds what it registered. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { LogLevel } from '../options.ts';
import {
  type HookCallback,
  type ProgrammingModel,
  programmingModel,
  provideCore,
} from './coreModule.ts';
import { type FunctionMetadata, triggerNameOf } from './functionMetadata.ts';
import {
  type CoreInvocation,
  type FunctionCallback,
  type InvocationRequest,
  type InvocationResponse,
  type InvocationScope,
  runInvocation,
} from './invocation.ts';

export interface AppLog {
  readonly level: LogLevel;
  readonly category: string;
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
}

type Call = InvocationRequest & { readonly invocationId: string };

export interface App {
  /** In order of registration. */
  readonly functions: readonly FunctionMetadata[];
  readonly capabilities: Readonly<Record<string, string>>;
  invoke(functionName: string, call: Call): Promise<InvocationResponse>;
  /** Runs the app's terminate hooks. */
  terminate(): Promise<void>;
}

/** What the worker says of itself. Source: azure-functions-nodejs-worker, WorkerInitHandler, 2026-11-23. */
const workerCapabilities = {
  RawHttpBodyBytes: 'true',
  RpcHttpTriggerMetadataRemoved: 'true',
  RpcHttpBodyOnly: 'true',
  IgnoreEmptyValuedRpcHttpHeaders: 'true',
  UseNullableValueDictionaryForHttp: 'true',
  WorkerStatus: 'true',
  TypedDataCollection: 'true',
  HandlesWorkerTerminateMessage: 'true',
};

const hookNames = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'];

/** @throws what a module of the app throws while it loads. */
export async function loadApp(entry: string, onLog: (log: AppLog) => void): Promise<App> {
  const hooks = hookRegistry();
  const functions = functionRegistry();
  provideCore({
    registerFunction: functions.register,
    registerHook: hooks.register,
    log: (level, category, message) => onLog({ level, category: `Worker.${category}`, message }),
  });
  await importEntry(entry);
  const appScope = { hookData: {}, appHookData: hooks.appHookData };
  await hooks.run('appStart', { ...appScope });
  const capabilities = (await programmingModel()?.getCapabilities({ ...workerCapabilities })) ?? {};
  functions.lock();
  return {
    functions: functions.metadata(),
    capabilities,
    invoke: (name, call) => invoke(functions.named(name), call, { hooks, onLog }),
    async terminate() {
      await hooks.run('appTerminate', { ...appScope });
    },
  };
}

async function importEntry(entry: string): Promise<void> {
  if (entry.endsWith('.cjs')) createRequire(import.meta.url)(entry);
  else await import(/* @vite-ignore */ pathToFileURL(entry).href);
}

function hookRegistry() {
  const callbacks = new Map<string, HookCallback[]>(hookNames.map((name) => [name, []]));
  const appHookData: Record<string, unknown> = {};
  return {
    appHookData,
    register: (name: string, callback: HookCallback) => {
      const list = callbacks.get(name);
      if (!list) throw new RangeError(`Unrecognized hook "${name}"`);
      list.push(callback);
      return () => {
        const index = list.indexOf(callback);
        if (index >= 0) list.splice(index, 1);
      };
    },
    async run<Context extends object>(name: string, context: Context): Promise<Context> {
      for (const callback of callbacks.get(name) ?? []) await callback(Object.assign(context));
      return context;
    },
    /** Log hooks may rewrite a record; they are not waited for. */
    rewriteLog(log: Record<string, unknown>): void {
      for (const callback of callbacks.get('log') ?? []) void callback(log);
    },
  };
}

interface Registered {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

function functionRegistry() {
  const all = new Map<string, Registered>();
  let isLocked = false;
  return {
    metadata: () => [...all.values()].map(({ metadata }) => metadata),
    named(name: string): Registered {
      const registered = all.get(name);
      if (!registered) throw new Error(`The app has no function "${name}".`);
      return registered;
    },
    lock() {
      isLocked = true;
    },
    register: (metadata: FunctionMetadata, callback: FunctionCallback) => {
      const { name } = metadata;
      if (isLocked) throw new Error('A function can only be registered during app startup.');
      if (all.has(name)) {
        throw new Error(`A function with id "${name}" has already been registered.`);
      }
      all.set(name, { metadata, callback });
      return () => all.delete(name);
    },
  };
}

interface Surroundings {
  readonly hooks: ReturnType<typeof hookRegistry>;
  readonly onLog: (log: AppLog) => void;
}

async function invoke(
  { metadata, callback }: Registered,
  call: Call,
  { hooks, onLog }: Surroundings,
): Promise<InvocationResponse> {
  const { name } = metadata;
  const scope: InvocationScope = { hookData: {}, invocationContext: undefined };
  const core = coreInvocation(metadata, call, (level, category, message) => {
    const record = { level, category, message, ...scope, appHookData: hooks.appHookData };
    hooks.rewriteLog(record);
    onLog({
      level: record.level,
      category: category === 'user' ? `Function.${name}.User` : `Function.${name}`,
      message: record.message,
      functionName: name,
      invocationId: call.invocationId,
    });
  });
  const model = await modelNow().getInvocationModel(core);
  return runInvocation({ model, core, callback, scope, hooks });
}

function modelNow(): ProgrammingModel {
  const model = programmingModel();
  if (!model) throw new Error('No programming model: the app registered nothing.');
  return model;
}

function coreInvocation(
  metadata: FunctionMetadata,
  { data, metadata: triggerMetadata = {}, invocationId, retryContext }: Call,
  log: CoreInvocation['log'],
): CoreInvocation {
  return {
    invocationId,
    metadata,
    state: undefined,
    log,
    request: {
      invocationId,
      functionId: metadata.name,
      inputData: [{ name: triggerNameOf(metadata), data }],
      triggerMetadata,
      retryContext,
      // Without telemetry the real host sends empty text, not nothing.
      traceContext: { traceParent: '', traceState: '', attributes: {} },
    },
  };
}
