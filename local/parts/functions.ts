/** The functions host as a part of the world: the app is in a process of its own. */
import { readFile } from 'node:fs/promises';
import type { FunctionsHost } from '../functionsHost/options.ts';
import { type PreparedHost, prepareFunctionsHost } from '../functionsHost/prepareFunctionsHost.ts';
import { prepareFunctionsHostProcess } from '../functionsHost/startFunctionsHostProcess.ts';
import { samplePorts, samplePrediction } from '../sampleAddresses.ts';
import type { WorldOptions } from '../worldOptions.ts';
import { type Flags, portOption } from './part.ts';

const sourceEntry = new URL('../../functions/main.ts', import.meta.url).pathname;
const hostJsonFile = new URL('../../host.json', import.meta.url).pathname;

export const functionsFlags = {
  'no-functions': {
    type: 'boolean',
    help: 'all but the functions host, where local.settings.sample.json looks',
  },
  keys: {
    type: 'boolean',
    help: 'HTTP functions, webhook and admin routes ask for their keys, as in Azure',
  },
  verbose: { type: 'boolean', help: "show the app's log" },
} as const satisfies Flags;

/** What differs where keys are asked for, or the app runs in a host of its own, as under Core Tools. */
export function functionsOptions(values: {
  readonly 'no-functions'?: boolean | undefined;
  readonly keys?: boolean | undefined;
}): Pick<WorldOptions, 'ports' | 'hasTableService' | 'prediction' | 'functions'> {
  if (!values['no-functions']) {
    return values.keys ? { functions: { authorization: 'keys' } } : {};
  }
  return { ports: samplePorts, hasTableService: true, prediction: samplePrediction };
}

/** In this process, where most of what it needs is loaded anyway; it loads the rest meanwhile. */
export function prepareFunctionsPart({ onLog = () => {}, settings }: WorldOptions): PreparedHost {
  return prepareFunctionsHost(onLog, settings);
}

/** One more of the same app, beside others and in nobody's way: in a process of its own. */
export function prepareFurtherHost({ onLog = () => {} }: WorldOptions): PreparedHost {
  return prepareFunctionsHostProcess(onLog);
}

export async function startFunctionsPart(
  host: PreparedHost,
  options: WorldOptions,
  settings: Readonly<Record<string, string>>,
): Promise<FunctionsHost> {
  return host.start({
    entry: options.entry ?? sourceEntry,
    settings,
    hostJson: JSON.parse(await readFile(hostJsonFile, 'utf8')),
    ...portOption(options.ports?.functions),
    ...options.functions,
  });
}

export function functionsDocument({ url, controlUrl }: FunctionsHost) {
  return { url, control: controlUrl };
}
