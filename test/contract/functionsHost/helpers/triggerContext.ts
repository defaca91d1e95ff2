/** A trigger's listener on its own: the context a host would give it, with a function made of a callback. */

import type { AppFunction } from '../../../../local/functionsHost/app/appFunction.ts';
import type {
  FunctionMetadata,
  Trigger,
} from '../../../../local/functionsHost/app/functionMetadata.ts';
import type { InvocationRequest } from '../../../../local/functionsHost/app/invocation.ts';
import { parseHostJson } from '../../../../local/functionsHost/hostJson.ts';
import type { Invocations } from '../../../../local/functionsHost/invocations.ts';
import { newDoors } from '../../../../local/functionsHost/triggers/doors.ts';
import type { ListenerContext } from '../../../../local/functionsHost/triggers/listener.ts';
import type { Storage } from '../../../../local/storage/startStorage.ts';

export interface TriggerContextOptions {
  readonly hostJson?: unknown;
  /** Throws where the function fails. */
  readonly handler: (request: InvocationRequest) => unknown;
  readonly onLog?: (message: string) => void;
}

export function triggerContext(
  { connectionString }: Storage,
  { hostJson = {}, handler, onLog = () => {} }: TriggerContextOptions,
): ListenerContext {
  return {
    settings: { AzureWebJobsStorage: connectionString },
    hostJson: parseHostJson(hostJson),
    life: runningLife,
    functions: [],
    invocations: invocationsOf(handler),
    capabilities: {},
    hostId: 'host',
    dialect: 'newer',
    int64Dialect: 'number',
    deliversExistingBlobs: false,
    watchBlobs: undefined,
    raisesBlobEvents: true,
    authorization: 'coreTools',
    doors: newDoors(),
    takeDown: onLog,
    log: (_level, message) => onLog(message),
  };
}

const runningLife: ListenerContext['life'] = {
  state: () => 'Running',
  errors: () => [],
  fail: () => {},
  drain: () => {},
  drainState: () => 'Disabled',
};

function invocationsOf(handler: TriggerContextOptions['handler']): Invocations {
  return {
    async run(_called, request) {
      try {
        await handler(request);
        return { kind: 'succeeded', response: {} };
      } catch (error) {
        return { kind: 'failed', error: new Error('failed', { cause: error }) };
      }
    },
    startedCount: () => 0,
    runningCount: () => 0,
    stats: () => ({}),
    recent: () => [],
    drained: () => Promise.resolve(),
  };
}

export function servedFunction<Kind extends Trigger>(
  trigger: Kind,
  given: Partial<Pick<AppFunction, 'name' | 'retryPolicy'>> = {},
): { readonly called: AppFunction; readonly trigger: Kind } {
  const { name = 'fixture', retryPolicy } = given;
  const metadata: FunctionMetadata = { name, bindings: {} };
  return { called: { name, metadata, retryPolicy, bindingName: 'in', trigger }, trigger };
}
