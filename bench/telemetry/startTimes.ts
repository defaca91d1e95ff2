/** What telemetry adds to the start of the bundle: without a connection string none of it is loaded. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildBundle } from '../../infra/package/build.ts';
import { type Measure, quantile } from '../measure.ts';

const run = promisify(execFile);

/** All that is begun at once has been by then, telemetry's start as well. */
const script = `require(process.argv[1]);
setImmediate(() => { console.log(performance.now()); process.exit(); });`;

/** @param telling - settings that switch telemetry on. */
export async function startMeasures(
  folder: string,
  telling: Readonly<Record<string, string>>,
  roundCount: number,
): Promise<Measure[]> {
  const bundle = join(folder, 'main.cjs');
  await buildBundle(bundle);
  const platform = { PATH: process.env['PATH'], TMPDIR: folder, FUNCTIONS_WORKER_RUNTIME: 'node' };
  const readyMs = async (settings: Readonly<Record<string, string>>) => {
    const env = { ...platform, WEBSITE_SITE_NAME: 'bench', ...settings };
    const { stdout } = await run(process.execPath, ['-e', script, bundle], { env });
    // The functions library has its say first.
    return Number(stdout.trim().split('\n').at(-1));
  };
  const addedMs: number[] = [];
  // The first round fills the file cache.
  for (let round = 0; round <= roundCount; round += 1) {
    const offMs = await readyMs({});
    const onMs = await readyMs(telling);
    if (round > 0) addedMs.push(onMs - offMs);
  }
  const value = quantile(addedMs, 0.5);
  return [{ name: 'startAddedMs', case: `rounds=${roundCount}`, value, unit: 'ms' }];
}
