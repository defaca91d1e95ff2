/** Stands in for `@azure/functions-core`, the module that only the real worker provides. */
import Module from 'node:module';
import type { LogLevel } from '../options.ts';
import type { FunctionMetadata } from './functionMetadata.ts';
import type { CoreInvocation, FunctionCallback, InvocationModel } from './invocation.ts';

export type HookCallback = (context: Record<string, unknown>) => unknown;

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(invocation: CoreInvocation): InvocationModel | Promise<InvocationModel>;
  getCapabilities(own: Record<string, string>): Promise<Record<string, string>>;
}

/** Who gets what the app registers. Each call returns how to take it back. */
export interface Registrar {
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): () => void;
  registerHook(name: string, callback: HookCallback): () => void;
  log(level: LogLevel, category: string, message: string): void;
}

// Source: Azure/azure-functions-nodejs-worker releases and core tools 4.15.1, 2026-11-23.
const version = '3.16.1';
const hostVersion = '4.1053.0';

let model: ProgrammingModel | undefined;

class Disposable {
  readonly dispose: () => void;
  constructor(dispose: () => void) {
    this.dispose = dispose;
  }
}

/** The library hands its model over when the first function is registered. */
export function programmingModel(): ProgrammingModel | undefined {
  return model;
}

function coreOf(registrar: Registrar) {
  return {
    version,
    hostVersion,
    Disposable,
    setProgrammingModel(next: ProgrammingModel) {
      model = next;
    },
    getProgrammingModel: () => model,
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
      new Disposable(registrar.registerFunction(metadata, callback)),
    registerHook: (name: string, callback: HookCallback) =>
      new Disposable(registrar.registerHook(name, callback)),
    log: (level: LogLevel, category: string, message: string) =>
      registrar.log(level, category, message),
  };
}

/** From now on whoever requires the module gets one that speaks to `registrar`. */
export function provideCore(registrar: Registrar): void {
  const core = coreOf(registrar);
  // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below.
  const original = Module.prototype.require;
  const intercepted = function (this: Module, id: string): unknown {
    return id === '@azure/functions-core' ? core : Reflect.apply(original, this, [id]);
  };
  Module.prototype.require = Object.assign(intercepted, original);
}
