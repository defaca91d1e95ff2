import type { Attributes } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect, it } from 'vitest';
import { instruments } from '../../../shared/adapters/appInsights/instruments.ts';

/** Differences, as Azure's exporter asks for them. */
function meterOfDifferences() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e9 });
  const provider = new MeterProvider({ readers: [reader] });
  return {
    ...instruments(provider.getMeter('test')),
    /** What is sent now: each value of the dimension, and what was added since it was sent last. */
    async sent() {
      exporter.reset();
      await reader.forceFlush();
      const scopes = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
      const points = scopes.flatMap(({ metrics }) =>
        metrics.flatMap(
          ({ dataPoints }): { attributes: Attributes; value: unknown }[] => dataPoints,
        ),
      );
      return Object.fromEntries(
        points.map(({ attributes, value }) => [String(attributes['function']), value]),
      );
    },
  };
}

it('sends what was added since it was sent last, however long nothing was', async () => {
  const { count, sent } = meterOfDifferences();
  const name = 'sightglass.invocations.failed';

  count(name, 1, { function: 'a' });
  count(name, 5, { function: 'b' });
  expect(await sent()).toEqual({ a: 1, b: 5 });
  expect(await sent()).toEqual({});
  count(name, 2, { function: 'a' });
  expect(await sent()).toEqual({ a: 2 });
  count(name, 1, { function: 'a' });
  count(name, 3, { function: 'b' });
  expect(await sent()).toEqual({ a: 1, b: 3 });
});

it('goes on with a sum though it has met a thousand values since', async () => {
  const { count, sent } = meterOfDifferences();
  const name = 'sightglass.invocations.failed';

  count(name, 1, { function: 'first' });
  for (let other = 0; other < 1_500; other += 1) count(name, 1, { function: `f-${other}` });
  count(name, 1, { function: 'first' });

  // The budget of this dimension is thirty values.
  expect(await sent()).toMatchObject({ first: 2, other: 1_471 });
});
