/** Calls of the real storage SDK, as they arrive in Application Insights. */
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { startTelemetrySink, type TelemetrySink } from '../../helpers/telemetrySink.ts';

const traceparent = (trace: string, flag: string) =>
  `00-${trace.repeat(32)}-00000000000000aa-${flag}`;

let sink: TelemetrySink;
let storage: Storage;

beforeAll(async () => {
  [sink, storage] = await Promise.all([startTelemetrySink(), startStorage()]);
});
afterAll(async () => {
  await Promise.all([sink.close(), storage.stop()]);
});

const container = (name: string) =>
  BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient(name);

async function write(trace: string, flag: string): Promise<void> {
  await sink.telemetry.span('process photo', traceparent(trace, flag), async () => {
    await container('results').createIfNotExists();
    const blob = container('results').getBlockBlobClient('parts/2026-11-26/a.json');
    await blob.upload('{}', 2);
    await blob.upload('{}', 2, { conditions: { ifNoneMatch: '*' } }).catch(() => {});
  });
}

const callsIn = (trace: string) =>
  sink.envelopes
    .filter(({ tags }) => tags['ai.operation.id'] === trace.repeat(32))
    .flatMap(({ data }) => (data.baseType === 'RemoteDependencyData' ? [data.baseData] : []));

it('names calls by method and container, with the host as target, and marks the refused', async () => {
  await write('1', '01');

  const puts = await vi.waitFor(
    () => {
      const found = callsIn('1').filter(({ name }) => name === 'PUT results');
      expect(found).toHaveLength(3);
      return found;
    },
    { timeout: 20_000 },
  );

  const [, written, refused] = puts;
  expect(written).toMatchObject({
    name: 'PUT results',
    type: 'Http',
    target: '127.0.0.1',
    data: 'http://127.0.0.1/devstoreaccount1/results/parts/2026-11-26/a.json',
    resultCode: '201',
    success: true,
    properties: { serviceRequestId: expect.stringMatching(/.+/) },
  });
  expect(refused).toMatchObject({ resultCode: '409', success: false });
});

it('tells of no call in a trace that nobody keeps', async () => {
  await write('2', '00');
  await write('3', '01');

  await vi.waitFor(() => expect(callsIn('3')).toHaveLength(3), { timeout: 20_000 });
  expect(callsIn('2')).toEqual([]);
});
