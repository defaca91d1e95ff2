import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { logs } from '@opentelemetry/api-logs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  type Envelope,
  startTelemetrySink,
  type TelemetrySink,
} from '../../helpers/telemetrySink.ts';

const kept = (trace: string) => `00-${trace.repeat(32)}-00000000000000aa-01`;
const notKept = (trace: string) => `00-${trace.repeat(32)}-00000000000000aa-00`;

let sink: TelemetrySink;

beforeAll(async () => {
  sink = await startTelemetrySink({ TELEMETRY_TRACE_RATIO: '0.25' });
});
afterAll(() => sink.close());

function arrived(is: (envelope: Envelope) => boolean, count = 1): Promise<Envelope[]> {
  return vi.waitFor(
    () => {
      const found = sink.envelopes.filter(is);
      expect(found.length).toBeGreaterThanOrEqual(count);
      return found;
    },
    { timeout: 20_000 },
  );
}

const ofTrace = (trace: string) => (envelope: Envelope) =>
  envelope.tags['ai.operation.id'] === trace.repeat(32);
const named = (name: string) => (envelope: Envelope) => envelope.data.baseData.name === name;
const metricOf =
  (name: string, property: string, value: string) =>
  ({ data: { baseData } }: Envelope) =>
    baseData.metrics?.[0]?.name === name && baseData.properties[property] === value;

function sumOf(metrics: readonly Envelope[]): number {
  return metrics.reduce((sum, { data }) => sum + (data.baseData.metrics?.[0]?.value ?? 0), 0);
}

it('starts as it was told to', () => {
  expect(sink.problem).toBeUndefined();
});

it('sends events and lines in the pace it was told, which the SDK has no setting for', () => {
  const paced = expect.objectContaining({ _scheduledDelayMillis: 50 });
  expect(logs.getLoggerProvider()).toMatchObject({
    _sharedState: { processors: expect.arrayContaining([paced]) },
  });
});

it('keeps an event whole, with its numbers, in a trace that is not kept', async () => {
  await sink.telemetry.span('process photo', notKept('1'), async () => {
    sink.telemetry.event('breaker.closed', { model: 'parts' }, { openForMs: 1_500 });
  });

  const [event] = await arrived(ofTrace('1'));

  expect(event?.data).toMatchObject({
    baseType: 'EventData',
    baseData: {
      name: 'breaker.closed',
      properties: { model: 'parts' },
      measurements: { openForMs: 1_500 },
    },
  });
  expect(event?.tags).toMatchObject({
    'ai.cloud.role': 'sightglass-test',
    'ai.cloud.roleInstance': 'instance-7',
  });
  expect(sink.envelopes.filter(ofTrace('1'))).toHaveLength(1);
});

it('makes a span from afar a request, and one below it in the same trace its dependency', async () => {
  await sink.telemetry.span('process photo', kept('2'), async (outer) => {
    outer.note({ photo: 'photos/a.jpg', lane: 'live' });
    await sink.telemetry.span('process photo', kept('2'), async () => {});
  });

  const spans = await arrived(ofTrace('2'), 2);

  const request = spans.find(({ data }) => data.baseType === 'RequestData');
  const below = spans.find(({ data }) => data.baseType === 'RemoteDependencyData');
  expect(request?.data.baseData).toMatchObject({
    name: 'process photo',
    success: true,
    properties: { photo: 'photos/a.jpg', lane: 'live' },
  });
  expect(request?.tags).toMatchObject({
    'ai.operation.name': 'process photo',
    'ai.operation.parentId': '00000000000000aa',
  });
  expect(below?.tags['ai.operation.parentId']).toBe(request?.data.baseData.id);
});

it('leaves the active trace for the one a photo brings, and links back to it', async () => {
  await sink.telemetry.span('process photo', kept('3'), async () => {
    await sink.telemetry.span('process photo', kept('4'), async () => {});
  });

  const [span] = await arrived(ofTrace('4'));

  expect(span?.data.baseType).toBe('RequestData');
  const links = span?.data.baseData.properties['_MS.links'] ?? '[]';
  expect(JSON.parse(links)).toMatchObject([{ operation_Id: '3'.repeat(32) }]);
});

it('hands on what work throws, and counts its span as failed', async () => {
  const work = sink.telemetry.span('process photo', kept('5'), async (span) => {
    span.fail('STORE_UNAVAILABLE');
    throw new TypeError('gone');
  });

  await expect(work).rejects.toThrow('gone');
  const [span] = await arrived(ofTrace('5'));
  expect(span?.data.baseData).toMatchObject({ success: false });
});

it('begins the same trace for the same subject, and keeps the share that was asked for', () => {
  const roots = Array.from({ length: 1_000 }, (_, index) => sink.telemetry.rootOf(`a/${index}`));

  const keptCount = roots.filter((root) => root.endsWith('-01')).length;

  expect(sink.telemetry.rootOf('a/7')).toBe(roots[7]);
  expect(keptCount).toBeGreaterThan(200);
  expect(keptCount).toBeLessThan(300);
});

const invocation = {
  functionName: 'predictOnUpload',
  invocationId: 'i-1',
  trigger: 'blob',
  hostTraceparent: '',
} as const;

const line = { functionName: 'predictOnUpload', invocationId: 'i-1' } as const;

it('tells of an invocation as a request of its own where the host keeps no span', async () => {
  await sink.invocations.run({ ...invocation, root: kept('6') }, async () => {});

  const [request] = await arrived(ofTrace('6'));

  expect(request?.data).toMatchObject({
    baseType: 'RequestData',
    baseData: { name: 'predictOnUpload', properties: { 'faas.invocation_id': 'i-1' } },
  });
});

it('tells of an invocation below the span that the host keeps', async () => {
  const hosted = { ...invocation, hostTraceparent: kept('7'), root: kept('8') };
  await sink.invocations.run(hosted, async () => {});

  const [span] = await arrived(ofTrace('7'));

  expect(span?.data.baseType).toBe('RemoteDependencyData');
  expect(sink.envelopes.filter(ofTrace('8'))).toEqual([]);
});

it('counts an invocation that failed, and keeps secrets out of what it says of it', async () => {
  const failing = sink.invocations.run({ ...invocation, root: kept('9') }, async () => {
    throw new Error('refused https://a.example/b?sig=SECRET-7&x=1');
  });

  await expect(failing).rejects.toThrow('refused');
  const told = await arrived(ofTrace('9'), 2);
  await arrived(metricOf('sightglass.invocations.failed', 'function', 'predictOnUpload'));
  expect(told.map(({ data }) => data.baseType).toSorted()).toEqual([
    'ExceptionData',
    'RequestData',
  ]);
  expect(JSON.stringify(sink.envelopes)).not.toContain('SECRET-7');
});

it('tells of a failure whole, and of nothing else, in a trace that is not kept', async () => {
  const failing = sink.invocations.run({ ...invocation, root: notKept('b') }, () =>
    sink.telemetry.span('process photo', notKept('b'), ({ traceparent }) => {
      sink.invocations.log({ ...line, level: 'information', message: traceparent });
      sink.invocations.log({ ...line, level: 'warning', message: traceparent });
      throw new RangeError('beyond');
    }),
  );

  await expect(failing).rejects.toThrow('beyond');
  await arrived(ofTrace('b'), 2);
  // A later one has arrived: there is no more to come of this one.
  sink.invocations.log({ ...line, level: 'error', message: 'later' });
  await arrived(({ data }) => data.baseData.message === 'later');
  const told = sink.envelopes.filter(ofTrace('b')).map(({ data }) => data);
  expect(told).toMatchObject([
    { baseType: 'MessageData', baseData: { message: notKept('b'), severityLevel: 'Warning' } },
    { baseType: 'ExceptionData', baseData: { properties: { invocationId: 'i-1' } } },
  ]);
});

it('forwards a line of the log with its invocation, and without secrets', async () => {
  sink.invocations.log({
    level: 'warning',
    message: 'line 1 AccountKey=SECRET-8;x',
    functionName: 'predictOnUpload',
    invocationId: 'i-2',
  });

  const [line] = await arrived(({ data }) => data.baseData.message?.startsWith('line 1') === true);

  expect(line?.data.baseData).toMatchObject({
    severityLevel: 'Warning',
    properties: { 'faas.invocation_id': 'i-2' },
  });
  expect(JSON.stringify(line)).not.toContain('SECRET-8');
});

it('counts a call that was refused for its number as failed', async () => {
  const server = createServer((_request, response) => response.writeHead(429).end());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;

  await sink.telemetry.span('process photo', kept('a'), async () => {
    await fetch(`http://127.0.0.1:${port}/predict`, { method: 'POST' });
  });

  const spans = await arrived(ofTrace('a'), 2);
  const call = spans.find(({ data }) => data.baseType === 'RemoteDependencyData');
  expect(call?.data.baseData).toMatchObject({ success: false, resultCode: '429' });
  server.closeAllConnections();
  server.close();
});

it('sums a counter by its dimensions, and sends a reading once only', async () => {
  const { count, record } = sink.telemetry;
  for (const amount of [1, 2]) {
    count('sightglass.photos.settled', amount, { outcome: 'dead', model: 'm', lane: 'live' });
  }
  record('sightglass.events.lag', 12, { hub: 'captures', partition: '3' });

  const settled = await arrived(metricOf('sightglass.photos.settled', 'outcome', 'dead'));
  const isLag = metricOf('sightglass.events.lag', 'partition', '3');
  const lag = await arrived(isLag);
  // Two more intervals have passed once a later count arrives twice.
  for (const model of ['x', 'y']) {
    count('sightglass.photos.settled', 1, { outcome: 'dead', model, lane: 'live' });
    await arrived(metricOf('sightglass.photos.settled', 'model', model));
  }

  expect(sumOf(settled)).toBe(3);
  expect(lag[0]?.data.baseData).toMatchObject({
    metrics: [{ value: 12, count: 1 }],
    properties: { hub: 'captures', partition: '3' },
  });
  expect(sink.envelopes.filter(isLag)).toHaveLength(1);
});

it('sends the answer of a probe as an availability result', async () => {
  const probe = { name: 'prediction endpoint', isAvailable: false, durationMs: 1_234 };
  sink.telemetry.availability({ ...probe, message: 'refused' });

  const [result] = await arrived(named('prediction endpoint'));

  expect(result?.data).toMatchObject({
    baseType: 'AvailabilityData',
    baseData: { success: false, duration: '00:00:01.234', message: 'refused' },
  });
});

it('counts records that the endpoint refuses for good', async () => {
  sink.answer((body) => (body.includes('EventData') ? 402 : 200));
  for (let index = 0; index < 5; index += 1) {
    sink.telemetry.event('quota.paused', { model: 'm', pausedBecause: `${index}` }, {});
  }

  const isDropped = metricOf('sightglass.telemetry.dropped', 'recordKind', 'event');
  await vi.waitFor(() => expect(sumOf(sink.envelopes.filter(isDropped))).toBe(5), {
    timeout: 20_000,
  });
  sink.answer(() => 200);
});

it('tells nothing of its own calls', () => {
  expect(JSON.stringify(sink.envelopes)).not.toMatch(/track|settings\.sdk/);
});
