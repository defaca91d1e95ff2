/**
 * Loads the unchanged app and holds what it registered. A second load in one process runs the entry
 * again but not the sources it imports (ESM keeps them): a bundle, or a process, for each host.
 */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { LogLevel } from '../options.ts';
import {
  type HookCallback,
  type ProgrammingModel,
  programmingModel,
  provideCore,
} from './coreModule.ts';
import {
  type FunctionMetadata,
  type RetryPolicy,
  retryPolicyOf,
  type TriggerBinding,
  triggerOf,
} from './functionMetadata.ts';
import {
  type CoreInvocation,
  type FunctionCallback,
  type InvocationRequest,
  type InvocationResponse,
  runInvocation,
} from './invocation.ts';

export interface AppFunction extends TriggerBinding {
  readonly name: string;
  readonly metadata: FunctionMetadata;
  readonly retryPolicy: RetryPolicy | undefined;
  readonly callback: FunctionCallback;
}

export interface AppLog {
  readonly level: LogLevel;
  readonly category: string;
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
}

export interface App {
  readonly functions: ReadonlyMap<string, AppFunction>;
  readonly capabilities: Readonly<Record<string, string>>;
  invoke(called: AppFunction, request: InvocationRequest): Promise<InvocationResponse>;
  /** Runs the app's terminate hooks. */
  terminate(): Promise<void>;
  /** Takes the core module back; the app can't be called any more. */
  unload(): void;
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

/** @throws Error with the cause where a module of the app throws while it loads. */
export async function loadApp(entry: string, onLog: (log: AppLog) => void): Promise<App> {
  const hooks = hookRegistry();
  const functions = functionRegistry();
  const unload = provideCore({
    registerFunction: functions.register,
    registerHook: hooks.register,
    log: (level, category, message) => onLog({ level, category: `Worker.${category}`, message }),
  });
  try {
    await importEntry(entry);
    await hooks.run('appStart', { hookData: hooks.appHookData, appHookData: hooks.appHookData });
    const capabilities =
      (await programmingModel()?.getCapabilities({ ...workerCapabilities })) ?? {};
    functions.lock();
    return {
      functions: functions.all,
      capabilities,
      invoke: (called, request) => invoke(called, request, { hooks, onLog }),
      async terminate() {
        await hooks.run('appTerminate', { hookData: {}, appHookData: hooks.appHookData });
      },
      unload,
    };
  } catch (error) {
    unload();
    throw new Error(`The app can't be loaded from ${entry}: ${causeOf(error)}`, { cause: error });
  }
}

function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const loadCounts = new Map<string, number>();

async function importEntry(entry: string): Promise<void> {
  const count = loadCounts.get(entry) ?? 0;
  loadCounts.set(entry, count + 1);
  if (entry.endsWith('.cjs')) {
    const require = createRequire(import.meta.url);
    delete require.cache[require.resolve(entry)];
    require(entry);
    return;
  }
  const { href } = pathToFileURL(entry);
  await import(/* @vite-ignore */ count === 0 ? href : `${href}?load=${count}`);
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

function functionRegistry() {
  const all = new Map<string, AppFunction>();
  let isLocked = false;
  return {
    all,
    lock() {
      isLocked = true;
    },
    register: (metadata: FunctionMetadata, callback: FunctionCallback) => {
      const { name } = metadata;
      if (isLocked) throw new Error('A function can only be registered during app startup.');
      if (all.has(name)) {
        throw new Error(`A function with id "${name}" has already been registered.`);
      }
      const retryPolicy = retryPolicyOf(metadata);
      all.set(name, { name, metadata, callback, retryPolicy, ...triggerOf(metadata) });
      return () => all.delete(name);
    },
  };
}

interface Surroundings {
  readonly hooks: ReturnType<typeof hookRegistry>;
  readonly onLog: (log: AppLog) => void;
}

async function invoke(
  called: AppFunction,
  request: InvocationRequest,
  { hooks, onLog }: Surroundings,
): Promise<InvocationResponse> {
  const { name } = called;
  const invocationId = request.invocationId ?? randomUUID();
  const core = coreInvocation(called, { ...request, invocationId }, (level, category, message) => {
    const record = { level, category, message, hookData: {}, appHookData: hooks.appHookData };
    hooks.rewriteLog(record);
    onLog({
      level: record.level,
      category: category === 'user' ? `Function.${name}.User` : `Function.${name}`,
      message: record.message,
      functionName: name,
      invocationId,
    });
  });
  const model = await modelNow().getInvocationModel(core);
  return runInvocation(model, core, called.callback, hooks);
}

function modelNow(): ProgrammingModel {
  const model = programmingModel();
  if (!model) throw new Error('No programming model: the app registered nothing.');
  return model;
}

function coreInvocation(
  { name, metadata, bindingName }: AppFunction,
  {
    data,
    metadata: triggerMetadata = {},
    invocationId,
    retryContext,
  }: InvocationRequest & { invocationId: string },
  log: CoreInvocation['log'],
): CoreInvocation {
  return {
    invocationId,
    metadata,
    state: undefined,
    log,
    request: {
      invocationId,
      functionId: name,
      inputData: [{ name: bindingName, data }],
      triggerMetadata,
      retryContext,
      // Without telemetry the real host sends empty text, not nothing.
      traceContext: { traceParent: '', traceState: '', attributes: {} },
    },
  };
}
