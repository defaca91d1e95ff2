/**
 * Counters and readings of the catalogue as instruments of OpenTelemetry, made on first use. A photo
 * counts some twenty times: sums are kept here, and the SDK asks for them once a minute.
 */
import type { Histogram, Meter } from '@opentelemetry/api';
import { type MetricName, metrics } from '../../telemetry/catalogue/metrics.ts';
import { dimensionBudget } from '../../telemetry/dimensionBudget.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';

type Dimensions = Readonly<Record<string, string | undefined>>;

interface Sum {
  readonly dimensions: Record<string, string>;
  total: number;
  /** Since it was last asked for. */
  hasChanged: boolean;
}

export function instruments(meter: Meter): Pick<Telemetry, 'count' | 'record'> {
  const counters = new Map<MetricName, (dimensions: Dimensions) => Sum>();
  const readings = new Map<MetricName, Histogram>();
  const within = dimensionBudget();
  const optionsOf = (name: MetricName) => ({
    unit: metrics[name].unit,
    description: metrics[name].meaning,
  });
  const counterOf = (name: MetricName) => {
    const sums = new Map<string, Sum>();
    meter.createObservableCounter(name, optionsOf(name)).addCallback((asked) => {
      for (const sum of sums.values()) {
        // What stands still is not sent again.
        if (sum.hasChanged) asked.observe(sum.total, sum.dimensions);
        sum.hasChanged = false;
      }
    });
    return remembered(metrics[name].dimensions, (dimensions) => sumOf(sums, within(dimensions)));
  };
  return {
    count(name, amount, dimensions) {
      const find = counters.get(name) ?? counterOf(name);
      counters.set(name, find);
      const sum = find(dimensions);
      sum.total += amount;
      sum.hasChanged = true;
    },
    record(name, value, dimensions) {
      // No buckets: they never arrive. A gauge would be sent again each minute, for ever.
      const advice = { explicitBucketBoundaries: [] };
      const reading =
        readings.get(name) ?? meter.createHistogram(name, { ...optionsOf(name), advice });
      readings.set(name, reading);
      if (Number.isFinite(value)) reading.record(value, within(dimensions));
    },
  };
}

/** People fill some dimensions: what is remembered of them is thrown away before it grows large. */
const mostRememberedCount = 1_000;

/** The same few dimensions come thousands of times: they are held against their budget once. */
function remembered(
  names: readonly string[],
  find: (dimensions: Dimensions) => Sum,
): (dimensions: Dimensions) => Sum {
  const found = new Map<string | undefined, Sum>();
  const keyOf = keyOfValues(names);
  return (dimensions) => {
    const key = keyOf(dimensions);
    const known = found.get(key);
    if (known) return known;
    if (found.size >= mostRememberedCount) found.clear();
    const sum = find(dimensions);
    found.set(key, sum);
    return sum;
  };
}

/** Most have one dimension: its value is the key, and no text has to be made for it. */
function keyOfValues(names: readonly string[]): (dimensions: Dimensions) => string | undefined {
  const [only = '', ...others] = names;
  if (others.length === 0) return (dimensions) => dimensions[only];
  return (dimensions) => {
    let key = '';
    for (const name of names) key += `${dimensions[name]}\n`;
    return key;
  };
}

function sumOf(sums: Map<string, Sum>, dimensions: Record<string, string>): Sum {
  const key = Object.entries(dimensions).join('\n');
  const known = sums.get(key);
  if (known) return known;
  const sum = { dimensions, total: 0, hasChanged: false };
  sums.set(key, sum);
  return sum;
}
