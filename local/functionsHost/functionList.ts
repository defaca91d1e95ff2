/** The app's functions as the host knows them: served, switched off, or in error and why. */
import { messageOf } from '../../shared/errors.ts';
import { type AppFunction, appFunction } from './app/appFunction.ts';
import type { FunctionMetadata } from './app/functionMetadata.ts';
import { isDisabled, type Settings } from './settings.ts';

export interface ListedFunction {
  readonly name: string;
  readonly metadata: FunctionMetadata;
  /** `undefined` where this host can't read its trigger. */
  readonly called: AppFunction | undefined;
  readonly isDisabled: boolean;
  /** Why that is. */
  readonly problem: string | undefined;
}

/** @param only - `functions` of host.json: all others are as if they weren't there. */
export function listFunctions(
  registered: readonly FunctionMetadata[],
  settings: Settings,
  only: readonly string[] | undefined,
): readonly ListedFunction[] {
  const wanted = only?.map((name) => name.toLowerCase());
  return registered
    .filter(({ name }) => wanted?.includes(name.toLowerCase()) ?? true)
    .map((metadata) => ({
      name: metadata.name,
      metadata,
      isDisabled: isDisabled(settings, metadata.name),
      ...read(metadata),
    }));
}

function read(metadata: FunctionMetadata): Pick<ListedFunction, 'called' | 'problem'> {
  try {
    return { called: appFunction(metadata), problem: undefined };
  } catch (error) {
    return { called: undefined, problem: messageOf(error) };
  }
}

export function servedFunctions(list: readonly ListedFunction[]): AppFunction[] {
  return list.flatMap(({ called, isDisabled }) => (called && !isDisabled ? [called] : []));
}
