/** Counters and readings of the catalogue as instruments of OpenTelemetry, made on first use. */
import type { Counter, Histogram, Meter } from '@opentelemetry/api';
import { type MetricName, metrics } from '../../telemetry/catalogue/metrics.ts';
import { dimensionBudget } from '../../telemetry/dimensionBudget.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';

export function instruments(meter: Meter): Pick<Telemetry, 'count' | 'record'> {
  const counters = new Map<MetricName, Counter>();
  const readings = new Map<MetricName, Histogram>();
  const within = dimensionBudget();
  const optionsOf = (name: MetricName) => ({
    unit: metrics[name].unit,
    description: metrics[name].meaning,
  });
  return {
    count(name, amount, dimensions) {
      const counter = counters.get(name) ?? meter.createCounter(name, optionsOf(name));
      counters.set(name, counter);
      counter.add(amount, within(dimensions));
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
