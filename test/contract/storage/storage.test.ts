/** Storage as a part: what it answers beyond Azurite, how it starts and how it ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { expect, it, vi } from 'vitest';
import { startStorage } from '../../../local/storage/startStorage.ts';

it('keeps blobs and messages in its folder across starts', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sightglass-storage-'));
  const first = await startStorage({ dataDir });
  const container = BlobServiceClient.fromConnectionString(
    first.connectionString,
  ).getContainerClient('kept');
  await container.create();
  await container.getBlockBlobClient('a').upload('kept', 4);
  const queue = QueueServiceClient.fromConnectionString(first.connectionString);
  await queue.getQueueClient('kept').create();
  await queue.getQueueClient('kept').sendMessage('kept');
  await first.stop();

  const second = await startStorage({ dataDir });
  const blobs = BlobServiceClient.fromConnectionString(second.connectionString);
  const bytes = await blobs.getContainerClient('kept').getBlobClient('a').downloadToBuffer();
  const queues = QueueServiceClient.fromConnectionString(second.connectionString);
  const { receivedMessageItems } = await queues.getQueueClient('kept').receiveMessages();

  expect(bytes.toString()).toBe('kept');
  expect(receivedMessageItems).toMatchObject([{ messageText: 'kept' }]);
  await second.stop();
  rmSync(dataDir, { recursive: true });
});

it('has a table service where one is asked for', async () => {
  const storage = await startStorage({ ports: { table: 0 } });
  const tableUrl = /TableEndpoint=([^;]+)/.exec(storage.connectionString)?.[1] ?? '';

  const answer = await fetch(`${tableUrl}/Tables`);

  expect(answer.status).toBe(403);
  await storage.stop();
});

it('refuses a call whose signature does not fit', async () => {
  const storage = await startStorage();
  const wrong = storage.connectionString.replace(/AccountKey=[^;]+/, 'AccountKey=d3Jvbmc=');

  const listing = BlobServiceClient.fromConnectionString(wrong).listContainers().next();

  await expect(listing).rejects.toMatchObject({ statusCode: 403, code: 'AuthorizationFailure' });
  await storage.stop();
});

it('refuses blob names with control characters, after which no container could be listed', async () => {
  const storage = await startStorage();
  const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
  const container = blobs.getContainerClient('named');
  await container.create();
  const upload = (name: string) => container.getBlockBlobClient(name).upload('x', 1);

  for (const name of ['a\u0001', 'a\nb', 'a\u0081', 'a\uFFFE']) {
    await expect(upload(name)).rejects.toMatchObject({ statusCode: 400, code: 'InvalidUri' });
  }
  await upload('für 100 % #1 📷');

  const listed = await Array.fromAsync(container.listBlobsFlat());
  expect(listed.map(({ name }) => name)).toEqual(['für 100 % #1 📷']);
  await storage.stop();
});

it('refuses an address that can not be decoded, as no fault of its own', async () => {
  const onWarning = vi.fn<(message: string) => void>();
  const storage = await startStorage({ onWarning });

  const answer = await fetch(`${storage.blobUrl}/named/%ff%/a`, { method: 'PUT' });

  expect([answer.status, answer.headers.get('x-ms-error-code')]).toEqual([400, 'InvalidUri']);
  expect(onWarning).not.toHaveBeenCalled();
  await storage.stop();
});

it('says which port is taken', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  await expect(startStorage({ ports: { queue: port } })).rejects.toThrow(
    `EADDRINUSE: address already in use 127.0.0.1:${port}`,
  );
  taken.close();
});
