import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTelemetrySink, type TelemetrySink } from '../../helpers/telemetrySink.ts';

/** The SDK's own bound of records; of a batch, which leaves at once when it is whole. */
const queueCount = 2_048;
const batchCount = 512;
/** Of spans it is a setting. */
const spanQueueCount = 600;

let sink: TelemetrySink;

beforeAll(async () => {
  sink = await startTelemetrySink({ OTEL_BSP_MAX_QUEUE_SIZE: `${spanQueueCount}` });
});
afterAll(() => sink.close());

const droppedOf = (recordKind: string) => sink.droppedCount(recordKind, 'queueFull');

it('counts events and lines that find the queue full, each by its kind', async () => {
  const tell = (pausedBecause: string) =>
    sink.telemetry.event('quota.paused', { model: 'm', pausedBecause }, {});
  for (let index = 0; index < batchCount + queueCount + 30; index += 1) tell(`${index}`);
  sink.invocations.log({ level: 'warning', message: 'late', functionName: 'f', invocationId: 'i' });

  await vi.waitFor(() => expect([droppedOf('event'), droppedOf('log')]).toEqual([30, 1]), {
    timeout: 20_000,
  });
});

it('counts spans that find their queue full, and sends the others', async () => {
  const kept = (index: number) =>
    `00-${(index + 1).toString(16).padStart(32, '0')}-00000000000000aa-01`;
  const spans = Array.from({ length: batchCount + spanQueueCount + 40 }, (_, index) =>
    sink.telemetry.span('process photo', kept(index), async () => {}),
  );
  await Promise.all(spans);

  await vi.waitFor(
    () => {
      expect(droppedOf('span')).toBe(40);
      const arrived = sink.envelopes.filter(({ data }) => data.baseType === 'RequestData');
      expect(arrived).toHaveLength(batchCount + spanQueueCount);
    },
    { timeout: 20_000 },
  );
});

it('keeps on disk what is on its way when the end comes, with nothing left in the queues', async () => {
  const isUnderWay = vi.fn();
  sink.answer((body) => {
    if (!body.includes('RequestData')) return 200;
    isUnderWay();
    return 'never';
  });
  await sink.telemetry.span('process photo', `00-${'c'.repeat(32)}-00000000000000aa-01`, () =>
    Promise.resolve(),
  );
  await vi.waitFor(() => expect(isUnderWay).toHaveBeenCalled(), { timeout: 20_000 });

  const lostCount = await sink.stop(1_000);

  expect(lostCount).toBe(0);
  expect(sink.keptEnvelopes().map(({ data }) => data.baseType)).toEqual(['RequestData']);
});
