/** The functions host as a part of the world: in a process of its own, with the app in it. */
import { readFile } from 'node:fs/promises';
import {
  type FunctionsHostProcess,
  startFunctionsHostProcess,
} from '../functionsHost/startFunctionsHostProcess.ts';
import type { WorldOptions } from '../worldOptions.ts';
import { type Flags, portOption } from './part.ts';

const sourceEntry = new URL('../../functions/main.ts', import.meta.url).pathname;
const hostJsonFile = new URL('../../host.json', import.meta.url).pathname;

export const functionsFlags = {
  verbose: { type: 'boolean', help: "show the app's log" },
} as const satisfies Flags;

export async function startFunctionsPart(
  options: WorldOptions,
  settings: Readonly<Record<string, string>>,
): Promise<FunctionsHostProcess> {
  return startFunctionsHostProcess({
    entry: options.entry ?? sourceEntry,
    settings,
    hostJson: JSON.parse(await readFile(hostJsonFile, 'utf8')),
    onLog: options.onLog ?? (() => {}),
    ...portOption(options.ports?.functions),
  });
}

export function functionsDocument({ url, controlUrl }: FunctionsHostProcess) {
  return { url, control: controlUrl };
}
