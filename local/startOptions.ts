/** The options of `npm start`: those of the world, and those that its parts bring. */
import { parseArgs } from 'node:util';
import { integerOption, wrongUse } from '../cli/runCommand.ts';
import { eventGridFlags, eventGridOptions } from './parts/eventGrid.ts';
import { eventHubFlags, eventHubOptions } from './parts/eventHub.ts';
import { functionsFlags, functionsOptions } from './parts/functions.ts';
import { type Flags, portNames, portsFrom } from './parts/part.ts';
import { predictionFlags, predictionOptions } from './parts/prediction.ts';
import { telemetryFlags, telemetryOptions } from './parts/telemetry.ts';
import type { WorldOptions } from './worldOptions.ts';

const worldFlags = {
  data: { type: 'string', takes: 'DIR', help: 'keep storage and hubs in DIR across starts' },
  'port-base': {
    type: 'string',
    takes: 'N',
    help: `use the ports N to N+${portNames.length - 1}`,
  },
  'ready-file': {
    type: 'string',
    takes: 'FILE',
    help: 'write the addresses as JSON once everything is ready',
  },
  'settings-file': {
    type: 'string',
    takes: 'FILE',
    help: 'write what the app is told, for npm run cli -- … --settings FILE',
  },
} as const satisfies Flags;

const flags = {
  ...worldFlags,
  ...eventGridFlags,
  ...eventHubFlags,
  ...predictionFlags,
  ...functionsFlags,
  ...telemetryFlags,
};

export interface StartOptions {
  readonly world: WorldOptions;
  readonly readyFile: string | undefined;
  readonly settingsFile: string | undefined;
  readonly isWithFunctions: boolean;
  readonly isVerbose: boolean;
}

/** @throws Error with the usage. */
export function readStartOptions(args: readonly string[]): StartOptions {
  try {
    const { values } = parseArgs({ args: [...args], options: flags });
    const portBase = integerOption('--port-base', values['port-base'], {
      min: 1_024,
      max: 65_536 - portNames.length,
    });
    const forOtherHost = functionsOptions(values);
    return {
      world: {
        dataDir: values.data,
        ...forOtherHost,
        ...(portBase !== undefined && { ports: portsFrom(portBase) }),
        ...eventGridOptions(values),
        ...eventHubOptions(values),
        ...telemetryOptions(values),
        prediction: { ...forOtherHost.prediction, ...predictionOptions(values).prediction },
      },
      readyFile: values['ready-file'],
      settingsFile: values['settings-file'],
      isWithFunctions: !values['no-functions'],
      isVerbose: values.verbose ?? false,
    };
  } catch (error) {
    throw wrongUse(error, usage());
  }
}

function usage(): string {
  const rows = Object.entries<Flags[string]>(flags).map(([name, { takes, help }]) => {
    const option = takes === undefined ? `--${name}` : `--${name} ${takes}`;
    return `  ${option.padEnd(22)}${help}`;
  });
  return ['npm start -- [options]', ...rows].join('\n');
}
