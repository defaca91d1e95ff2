/** `npm run bench -- NAME [--json] [--quick|--full] [--seed N] [--strict]`: benchmarks and simulations. */
import { parseArgs } from 'node:util';
import { integerOption, named, runCommand, wrongUse } from '../cli/runCommand.ts';
import { crash } from './crash.ts';
import { endpoint } from './endpoint.ts';
import { eventhub } from './eventhub.ts';
import { fleet } from './fleet.ts';
import { latency } from './latency.ts';
import { type Bench, holds, type Measure } from './measure.ts';
import { quota } from './quota.ts';
import { simulation } from './simulation.ts';
import { start } from './start.ts';
import { telemetry } from './telemetry.ts';
import { throughput } from './throughput.ts';
import { world } from './world.ts';

const benches: Readonly<Record<string, Bench>> = {
  throughput,
  latency,
  start,
  eventhub,
  world,
  crash,
  simulation,
  endpoint,
  quota,
  fleet,
  telemetry,
};

const usage = `npm run bench -- NAME [--json] [--quick|--full] [--seed N] [--strict]
  NAME       ${Object.keys(benches).join(', ')}
  --json     one JSON document on standard output
  --quick    few rounds: shows that it runs, says little
  --full     the whole grid, where a bench has one
  --seed N   default 1
  --strict   exit 1 when a target does not hold`;

await runCommand(async () => {
  const { name, bench, isJson, isStrict, ...options } = readOptions();
  const measures = await bench({ ...options, say: (text) => console.error(text) });
  const judged = measures.map((measure) => ({ ...measure, holds: holds(measure) }));
  if (isJson) console.log(JSON.stringify({ bench: name, seed: options.seed, measures: judged }));
  else console.table(judged.map(rowOf));
  return isStrict && judged.some((measure) => measure.holds === false) ? 1 : 0;
});

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        seed: { type: 'string' },
        quick: { type: 'boolean', default: false },
        full: { type: 'boolean', default: false },
        strict: { type: 'boolean', default: false },
      },
    });
    const [name = '', surplus] = positionals;
    const bench = named(benches, name);
    if (bench === undefined) throw new Error(`There is no bench "${name}".`);
    if (surplus !== undefined) throw new Error(`${name} can't take "${surplus}"`);
    const seed = integerOption('--seed', values.seed, { min: 0, max: 1_000_000 }) ?? 1;
    const { json: isJson, quick: isQuick, full: isFull, strict: isStrict } = values;
    return { name, bench, seed, isQuick, isFull, isJson, isStrict };
  } catch (error) {
    throw wrongUse(error, usage);
  }
}

function rowOf(measure: Measure & { readonly holds: boolean | undefined }) {
  const { name, value, interval, unit, target } = measure;
  const short = (number: number) => Number(number.toPrecision(4));
  return {
    measure: name,
    case: measure.case,
    value: short(value),
    within: interval ? `${short(interval.low)} to ${short(interval.high)}` : '',
    unit,
    target: target ? `${target.op} ${target.value}` : '',
    holds: measure.holds ?? '',
  };
}
