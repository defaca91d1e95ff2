/** A function of the app as the host serves it, read from what the worker registered. */
import {
  type FunctionMetadata,
  type RetryPolicy,
  retryPolicyOf,
  type TriggerBinding,
  triggerOf,
} from './functionMetadata.ts';

export interface AppFunction extends TriggerBinding {
  readonly name: string;
  readonly metadata: FunctionMetadata;
  readonly retryPolicy: RetryPolicy | undefined;
}

/** @throws Error where this host can't serve it. */
export function appFunction(metadata: FunctionMetadata): AppFunction {
  const { name } = metadata;
  return { name, metadata, retryPolicy: retryPolicyOf(metadata), ...triggerOf(metadata) };
}
