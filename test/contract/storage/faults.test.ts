/** Storage's faults as the real SDKs meet them. */
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';

const once = { retryOptions: { maxTries: 1 } };
let storage: Storage;
let container: ReturnType<BlobServiceClient['getContainerClient']>;
let queues: QueueServiceClient;

beforeAll(async () => {
  storage = await startStorage();
  const blobs = BlobServiceClient.fromConnectionString(storage.connectionString, once);
  container = blobs.getContainerClient('faults');
  queues = QueueServiceClient.fromConnectionString(storage.connectionString, once);
  await container.create();
});
afterEach(async () => {
  await storage.clearFaults();
  await storage.setClock(0);
});
afterAll(() => storage.stop());

const upload = (name: string, text = 'x') =>
  container.getBlockBlobClient(name).upload(text, text.length);

it('refuses as a busy account does, so that the SDK tries again by itself', async () => {
  const patient = BlobServiceClient.fromConnectionString(storage.connectionString, {
    retryOptions: { retryDelayInMs: 1, maxTries: 3 },
  });
  await storage.addFault({ name: 'serverBusy', count: 3 });

  await expect(upload('busy')).rejects.toMatchObject({ statusCode: 503, code: 'ServerBusy' });
  await patient.getContainerClient('faults').getBlockBlobClient('busy').upload('x', 1);

  expect((await storage.state()).faults).toEqual([]);
});

it('answers 500 OperationTimedOut', async () => {
  await storage.addFault({ name: 'operationTimeout', count: 1 });

  await expect(upload('late')).rejects.toMatchObject({
    statusCode: 500,
    code: 'OperationTimedOut',
  });
});

it('loses the answer of a write that was carried out', async () => {
  await storage.addFault({ name: 'lostAnswer', count: 1, method: 'PUT' });

  await expect(upload('written', 'kept')).rejects.toMatchObject({ code: 'ECONNRESET' });

  const bytes = await container.getBlobClient('written').downloadToBuffer();
  expect(bytes.toString()).toBe('kept');
});

it('resets a connection before anything is carried out', async () => {
  await storage.addFault({ name: 'reset', count: 1 });

  await expect(upload('never')).rejects.toMatchObject({ code: 'ECONNRESET' });

  expect(await container.getBlobClient('never').exists()).toBe(false);
});

it('answers late, and not at all, until the caller gives up', async () => {
  await storage.addFault({ name: 'slow', delayMs: 150, count: 1 });
  const startedAtMs = performance.now();
  await upload('slow');
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(149);

  await storage.addFault({ name: 'hang', count: 1 });
  const abortSignal = AbortSignal.timeout(100);
  await expect(
    container.getBlockBlobClient('hung').upload('x', 1, { abortSignal }),
  ).rejects.toMatchObject({ name: 'AbortError' });
});

it('meets only the service, method and container that it names', async () => {
  await storage.addFault({
    name: 'serverBusy',
    service: 'queue',
    method: 'PUT',
    container: 'jobs',
  });

  await upload('fine');
  await queues.getQueueClient('others').create();

  await expect(queues.getQueueClient('jobs').create()).rejects.toMatchObject({ statusCode: 503 });
});

it('has a clock that can be off: dates, stored times and expiry follow it', async () => {
  const aheadMs = 3_600_000;
  await storage.setClock(aheadMs);

  const { date, lastModified } = await upload('future');
  const missing = await fetch(`${storage.blobUrl}/faults/none`);

  const aheadOfMs = (seen: Date | undefined) => (seen?.getTime() ?? 0) - Date.now();
  for (const seen of [date, lastModified, new Date(missing.headers.get('date') ?? '')]) {
    expect(aheadOfMs(seen)).toBeGreaterThan(aheadMs - 60_000);
    expect(aheadOfMs(seen)).toBeLessThan(aheadMs + 1_000);
  }
});

it('tells of blobs that are there or gone, also where the answer was lost, and of nothing else', async () => {
  const changes: string[] = [];
  await storage.watchBlobs(({ container, blobName, isDeletion }) => {
    changes.push(`${isDeletion ? '-' : '+'} ${container}/${blobName}`);
  });
  const blob = container.getBlockBlobClient('told/ä.jpg');
  await storage.addFault({ name: 'lostAnswer', count: 1, blobPrefix: 'lost' });

  await blob.stageBlock('YQ==', 'x', 1);
  await blob.commitBlockList(['YQ==']);
  await blob.setMetadata({ a: 'b' });
  await expect(upload('lost')).rejects.toThrow();
  await expect(blob.upload('x', 1, { conditions: { ifNoneMatch: '*' } })).rejects.toMatchObject({
    statusCode: 409,
  });
  await blob.delete();

  await vi.waitFor(() =>
    expect(changes).toEqual(['+ faults/told/ä.jpg', '+ faults/lost', '- faults/told/ä.jpg']),
  );
});

it('counts the calls by service, method and container', async () => {
  const before = (await storage.state()).stats.calls['blob PUT faults'] ?? 0;

  await upload('counted');

  expect((await storage.state()).stats.calls['blob PUT faults']).toBe(before + 1);
});

it('takes the same commands over HTTP, and says what is wrong with one', async () => {
  const send = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const json = body === undefined ? {} : { headers, body: JSON.stringify(body) };
    const response = await fetch(`${storage.controlUrl}/control/${path}`, { method, ...json });
    return { status: response.status, body: await response.json() };
  };

  const added = await send('POST', 'faults', { name: 'reset', count: 2 });
  const wrong = await send('POST', 'faults', { name: 'earthquake' });
  const cleared = await send('DELETE', 'faults');
  const clock = await send('PUT', 'clock', { skewMs: -90_000 });

  expect(added).toEqual({ status: 200, body: [{ name: 'reset', count: 2 }] });
  expect(wrong.status).toBe(400);
  expect(cleared.body).toEqual([]);
  expect(clock).toEqual({ status: 200, body: { skewMs: -90_000 } });
});

it('counts calls by the names of a thousand containers at most', async () => {
  const url = storage.blobUrl;
  const ask = (index: number) => fetch(`${url}/count-${index}`, { method: 'HEAD' });
  for (let from = 0; from < 1_100; from += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, index) => ask(from + index)));
  }

  const { calls } = (await storage.state()).stats;

  expect(Object.keys(calls).length).toBeLessThanOrEqual(1_010);
  expect(calls['blob HEAD …']).toBeGreaterThanOrEqual(100);
});
