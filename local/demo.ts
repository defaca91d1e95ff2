/** `npm run demo`: photos and camera events through the whole pipeline on this machine, checked. */
import { parseArgs } from 'node:util';
import { integerOption, runCommand, wrongUse } from '../cli/runCommand.ts';
import { runDemo } from './demo/runDemo.ts';

const usage = `npm run demo -- [options]
  --photos N     photos to upload (default 64)
  --events N     camera events to send (default 64)
  --calls-per-second N  quota of the prediction endpoint (default 20, as S0 grants)
  --instances N  function hosts that share the work and the quota (default 1)
  --load Nx      send at N times the quota (default: all at once)
  --seed N       which photos are made (default 1)
  --keep DIR     leave storage and hubs in DIR
  --json         one JSON document on standard output, nothing else there`;

await runCommand(async () => runDemo(readOptions()));

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        photos: { type: 'string' },
        events: { type: 'string' },
        'calls-per-second': { type: 'string' },
        instances: { type: 'string' },
        load: { type: 'string' },
        seed: { type: 'string' },
        keep: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const count = { min: 1, max: 5_000 };
    const callsPerSecond = values['calls-per-second'];
    return {
      uploadCount: integerOption('--photos', values.photos, count) ?? 64,
      eventCount: integerOption('--events', values.events, count) ?? 64,
      callsPerSecond:
        integerOption('--calls-per-second', callsPerSecond, { min: 1, max: 1_000 }) ?? 20,
      instanceCount: integerOption('--instances', values.instances, { min: 1, max: 8 }) ?? 1,
      loadRatio: loadOption(values.load),
      seed: integerOption('--seed', values.seed, { min: 0, max: 1_000_000 }) ?? 1,
      keepDir: values.keep,
      isJson: values.json,
    };
  } catch (error) {
    throw wrongUse(error, usage);
  }
}

/** @returns `undefined` where all is to be sent at once. @throws Error */
function loadOption(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ratio = Number(/^(\d+(?:\.\d+)?)x?$/.exec(text)?.[1]);
  if (ratio >= 0.1 && ratio <= 20) return ratio;
  throw new Error('--load takes a multiple of the quota from 0.1x to 20x');
}
