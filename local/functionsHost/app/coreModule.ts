/**
 * Stands in for `@azure/functions-core`, the module that only the real worker provides. The library
 * keeps it for as long as it is loaded, so there is one per process and hosts take turns behind it.
 */
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

let current: Registrar | undefined;
let model: ProgrammingModel | undefined;

function registrar(): Registrar {
  if (!current) throw new Error('A function can only be registered while a functions host runs.');
  return current;
}

class Disposable {
  readonly dispose: () => void;
  constructor(dispose: () => void) {
    this.dispose = dispose;
  }
}

const core = {
  version,
  hostVersion,
  Disposable,
  setProgrammingModel(next: ProgrammingModel) {
    model = next;
  },
  getProgrammingModel: () => model,
  registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
    new Disposable(registrar().registerFunction(metadata, callback)),
  registerHook: (name: string, callback: HookCallback) =>
    new Disposable(registrar().registerHook(name, callback)),
  log: (level: LogLevel, category: string, message: string) =>
    current?.log(level, category, message),
};

/** The library hands its model over when the first function is registered. */
export function programmingModel(): ProgrammingModel | undefined {
  return model;
}

/** @returns how to withdraw the module again. @throws Error where a host runs in this process. */
export function provideCore(next: Registrar): () => void {
  if (current) {
    throw new Error('A process has room for one functions host: use startFunctionsHostProcess.');
  }
  current = next;
  // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below.
  const original = Module.prototype.require;
  const intercepted = function (this: Module, id: string): unknown {
    return id === '@azure/functions-core' ? core : Reflect.apply(original, this, [id]);
  };
  Module.prototype.require = Object.assign(intercepted, original);
  return () => {
    Module.prototype.require = original;
    current = undefined;
  };
}
