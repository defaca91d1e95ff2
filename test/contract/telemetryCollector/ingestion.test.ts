/** The collector as a client without any SDK meets it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startTelemetryCollector } from '../../../local/telemetryCollector/startTelemetryCollector.ts';

const collector = await startTelemetryCollector();
afterAll(() => collector.stop());

const control = (method: string, path: string, body?: unknown) =>
  fetch(`${collector.controlUrl}/control/${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  }).then((response) => response.json());

beforeEach(async () => {
  await control('DELETE', 'rows');
  await control('DELETE', 'faults');
});

interface Answer {
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly body: unknown;
}

interface Sent {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

function post(
  body: string | Buffer,
  { path = '/v2.1/track', headers = {}, timeoutMs = 5_000 }: Sent = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ca = readFileSync(collector.authorityFile);
    const call = request(new URL(path, collector.ingestionUrl), { method: 'POST', ca, headers });
    call.setTimeout(timeoutMs, () => call.destroy(new Error('no answer')));
    call.on('error', reject);
    call.on('response', (response) => resolve(answerOf(response)));
    call.end(body);
  });
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  const text = Buffer.concat(await response.toArray()).toString('utf8');
  const retryAfter = response.headers['retry-after'];
  return { status: response.statusCode, retryAfter, body: text && JSON.parse(text) };
}

function envelope(baseType: string, baseData: object, tags: object = {}) {
  return {
    name: `Microsoft.ApplicationInsights.${baseType}`,
    time: '2026-11-25T10:00:00.000Z',
    iKey: 'x',
    tags: { 'ai.operation.id': 'op', 'ai.cloud.role': 'app', ...tags },
    data: { baseType, baseData: { ver: 2, ...baseData } },
  };
}

const event = (name: string) => envelope('EventData', { name, properties: { site: 's1' } });

describe('the collector of telemetry', () => {
  it('takes arrays, lines and gzip, and answers how much of it it took', async () => {
    const array = await post(JSON.stringify([event('a'), event('b')]));
    const lines = await post(`${JSON.stringify(event('c'))}\n${JSON.stringify(event('d'))}`, {
      path: '/v2/track',
    });
    const zipped = await post(gzipSync(JSON.stringify([event('e')])), {
      headers: { 'content-encoding': 'gzip' },
    });

    expect(array).toMatchObject({
      status: 200,
      body: { itemsReceived: 2, itemsAccepted: 2, errors: [] },
    });
    expect([lines.status, zipped.status]).toEqual([200, 200]);
    expect(collector.rows('customEvents').map(({ name }) => name)).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
  });

  it('takes a body of 40 MB whole', async () => {
    const filler = { ...event('wide'), filler: 'x'.repeat(4_000_000) };

    const answer = await post(Array.from({ length: 10 }, () => JSON.stringify(filler)).join('\n'), {
      timeoutMs: 30_000,
    });

    expect(answer).toMatchObject({ status: 200, body: { itemsAccepted: 10 } });
  });

  it('leaves nothing behind where its control port is taken', async () => {
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('telemetry-'));
    const own = mkdtempSync(join(tmpdir(), 'collector-'));
    const temporary = process.env['TMPDIR'];
    process.env['TMPDIR'] = own;
    const controlPort = Number(new URL(collector.controlUrl).port);

    const second = startTelemetryCollector({ controlPort });

    await expect(second).rejects.toThrow('EADDRINUSE');
    expect(folders()).toEqual([]);
    if (temporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporary;
    rmSync(own, { recursive: true });
  });

  it('makes of each kind the row that the service would make', async () => {
    await post(
      JSON.stringify([
        envelope('RequestData', {
          id: '1',
          name: 'predictOnUpload',
          duration: '00:01:02.500',
          success: false,
          responseCode: '0',
        }),
        envelope('MetricData', { metrics: [{ name: 'm', value: 6, count: 3, min: 1, max: 3 }] }),
        envelope('MetricData', { metrics: [{ name: 'plain', value: 4 }] }),
        envelope('AvailabilityData', {
          id: '2',
          name: 'endpoint',
          duration: '1.00:00:00',
          success: true,
          message: 'as expected',
        }),
        envelope('ExceptionData', { exceptions: [{ typeName: 'Error', message: 'torn' }] }),
      ]),
    );

    expect(collector.rows('requests')).toMatchObject([
      { name: 'predictOnUpload', duration: 62_500, success: false, resultCode: '0' },
    ]);
    expect(collector.rows('customMetrics')).toMatchObject([
      { name: 'm', valueSum: 6, valueCount: 3, valueMin: 1, valueMax: 3 },
      { name: 'plain', valueSum: 4, valueCount: 1, valueMin: 4, valueMax: 4 },
    ]);
    expect(collector.rows('availabilityResults')).toMatchObject([
      { duration: 86_400_000, success: true, message: 'as expected', operation_Id: 'op' },
    ]);
    expect(collector.rows('exceptions')).toMatchObject([{ name: 'Error: torn' }]);
  });

  it('refuses what is no envelope, one by one, and what is no JSON as a whole', async () => {
    const mixed = await post(JSON.stringify([event('a'), { name: 'x' }]));
    const torn = await post('[{"name":');
    const bomb = await post('no gzip', { headers: { 'content-encoding': 'gzip' } });

    expect(mixed).toMatchObject({
      status: 206,
      body: { itemsReceived: 2, itemsAccepted: 1, errors: [{ index: 1, statusCode: 400 }] },
    });
    expect([torn.status, bomb.status]).toEqual([400, 400]);
  });

  it('answers live metrics as where nobody watches, and nothing else', async () => {
    const ping = await post('[]', { path: '/QuickPulseService.svc/ping?ikey=x' });
    const other = await post('[]', { path: '/v3/track' });

    expect([ping.status, other.status]).toEqual([200, 404]);
  });

  it.each([
    [{ kind: 'status', status: 402 }, 402],
    [{ kind: 'status', status: 439, retryAfterSeconds: 7 }, 439],
    [{ kind: 'partial', itemShare: 0.5 }, 206],
  ])('answers %j when ordered, as often as ordered', async (fault, status) => {
    await control('POST', 'faults', { ...fault, count: 1 });

    const first = await post(JSON.stringify([event('a'), event('b')]));
    const second = await post(JSON.stringify([event('c')]));

    expect([first.status, second.status]).toEqual([status, 200]);
    expect(first.retryAfter).toBe('retryAfterSeconds' in fault ? '7' : undefined);
    const kept = collector.rows('customEvents').map(({ name }) => name);
    expect(kept).toEqual(fault.kind === 'partial' ? ['b', 'c'] : ['c']);
  });

  it('hangs and cuts when ordered', async () => {
    await control('POST', 'faults', { kind: 'hang', count: 1 });
    await expect(post('[]', { timeoutMs: 200 })).rejects.toThrow('no answer');
    await control('POST', 'faults', { kind: 'reset', count: 1 });
    await expect(post('[]')).rejects.toThrow(/hang up|ECONNRESET/);

    expect((await post('[]')).status).toBe(200);
  });

  it('meets every second request with a share of a half', async () => {
    await control('POST', 'faults', { kind: 'status', status: 500, share: 0.5 });

    const statuses = [];
    for (let call = 0; call < 6; call += 1) statuses.push((await post('[]')).status);

    expect(statuses).toEqual([200, 500, 200, 500, 200, 500]);
  });

  it('answers rows over its control interface, by name and time, and says what is no order', async () => {
    await post(JSON.stringify([event('a'), event('b')]));

    expect(await control('POST', 'rows', { table: 'customEvents', name: 'b' })).toMatchObject([
      { name: 'b', customDimensions: { site: 's1' } },
    ]);
    expect(
      await control('POST', 'rows', { table: 'customEvents', sinceMs: Date.UTC(2027, 0) }),
    ).toEqual([]);
    expect(await control('POST', 'rows', { table: 'users' })).toMatchObject({
      problem: expect.stringContaining('table'),
    });
    expect(await control('POST', 'faults', { kind: 'fire' })).toMatchObject({
      problem: expect.stringContaining('kind'),
    });
  });
});
