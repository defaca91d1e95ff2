/** One call of a function as the worker makes it: conversion, hooks, handler, hooks, response. */
import type { LogLevel } from '../options.ts';
import type { FunctionMetadata } from './functionMetadata.ts';
import type { Metadata, TypedData } from './typedData.ts';

export type FunctionCallback = (...args: unknown[]) => unknown;

export interface RetryContext {
  readonly retryCount: number;
  readonly maxRetryCount: number;
  readonly exception?: {
    readonly source: string;
    readonly stackTrace: string;
    readonly message: string;
  };
}

export interface InvocationRequest {
  readonly data: TypedData;
  readonly metadata?: Metadata;
  /** Left out: a new one. Retries keep the first attempt's. */
  readonly invocationId?: string;
  readonly retryContext?: RetryContext | undefined;
}

export interface InvocationResponse {
  readonly returnValue?: TypedData | null | undefined;
  readonly outputData?: readonly { readonly name: string; readonly data: TypedData }[];
}

type CoreState = 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;

export interface CoreInvocation {
  readonly invocationId: string;
  readonly metadata: FunctionMetadata;
  state: CoreState;
  log(level: LogLevel, category: string, message: string): void;
  readonly request: {
    readonly invocationId: string;
    readonly functionId: string;
    readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
    readonly triggerMetadata: Metadata;
    readonly retryContext: RetryContext | undefined;
    readonly traceContext: Readonly<Record<string, unknown>>;
  };
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface InvocationHooks {
  readonly appHookData: Record<string, unknown>;
  readonly run: <Context extends object>(name: string, context: Context) => Promise<Context>;
}

/** What hooks of one invocation share, those for its log records included. */
export interface InvocationScope {
  readonly hookData: Record<string, unknown>;
  /** Once there is one. */
  invocationContext: unknown;
}

export interface InvocationRun {
  readonly model: InvocationModel;
  readonly core: CoreInvocation;
  readonly callback: FunctionCallback;
  readonly scope: InvocationScope;
  readonly hooks: InvocationHooks;
}

/** @throws whatever the handler or a hook threw. */
export async function runInvocation(run: InvocationRun): Promise<InvocationResponse> {
  const { model, core, callback, scope, hooks } = run;
  const { context, inputs } = await model.getArguments();
  scope.invocationContext = context;
  const shared = { ...scope, appHookData: hooks.appHookData };
  core.state = 'preInvocationHooks';
  const before = await hooks.run('preInvocation', {
    ...shared,
    functionCallback: callback,
    inputs,
  });
  const after: { result: unknown; error: unknown } & typeof shared & { inputs: unknown[] } = {
    ...shared,
    inputs: before.inputs,
    result: null,
    error: null,
  };
  core.state = 'invocation';
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error ?? new Error('The handler threw nothing.');
  }
  core.state = 'postInvocationHooks';
  await hooks.run('postInvocation', after);
  core.state = undefined;
  if (after.error !== null && after.error !== undefined) throw after.error;
  return model.getResponse(context, after.result);
}
