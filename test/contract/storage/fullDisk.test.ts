/** Storage whose disk takes no more: in words to the caller, once in the log, and never by silence. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request as httpRequest, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startStorage } from '../../../local/storage/startStorage.ts';
import { wordlessFailures } from '../../../local/storage/wordlessFailures.ts';

let dataDir: string;
let warnings: string[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sightglass-full-'));
  warnings = [];
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const onWarning = (message: string): void => void warnings.push(message);

function containerOf(connectionString: string) {
  const options = { retryOptions: { maxTries: 1 } };
  const blobs = BlobServiceClient.fromConnectionString(connectionString, options);
  return blobs.getContainerClient('photos');
}

it('names the cause of a write that its folder did not take, and tells of it once', async () => {
  const storage = await startStorage({ dataDir, onWarning });
  const container = containerOf(storage.connectionString);
  await container.create();
  rmSync(join(dataDir, '__blobstorage__'), { recursive: true });

  for (const name of ['a.jpg', 'b.jpg']) {
    await expect(container.getBlockBlobClient(name).upload('x', 1)).rejects.toMatchObject({
      statusCode: 500,
      code: 'InternalError',
      message: expect.stringContaining('ENOENT: no such file or directory'),
    });
  }

  expect(warnings).toEqual([
    expect.stringMatching(/^PUT \/devstoreaccount1\/photos\/a\.jpg was answered with 500: ENOENT/),
  ]);
  await storage.stop();
});

it('says at its end what could not be kept for the next start', async () => {
  const storage = await startStorage({ dataDir, onWarning });
  await containerOf(storage.connectionString).create();
  mkdirSync(join(dataDir, '__azurite_db_blob__.json~'));

  await storage.stop();

  expect(warnings).toEqual([
    expect.stringMatching(/^not all could be kept for the next start: .*EISDIR/),
  ]);
});

/** As Azurite fails on a full disk: in the middle of a body that it then reads no further. */
const failing: RequestListener = (request, response) => {
  request.on('data', () => request.pause());
  request.once('data', () => {
    response.statusCode = 500;
    response.end();
  });
};

it('serves the next call on a connection whose last one failed in the middle of its body', async () => {
  const told: string[] = [];
  const watch = wordlessFailures({
    lastReason: () => 'ENOSPC: no space left on device, write <1>',
    onTrouble: (message) => told.push(message),
  });
  const server = createServer((request, response) => {
    watch(request, response);
    failing(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const put = () =>
    new Promise<string>((resolve, reject) => {
      const sent = httpRequest({ port, host: '127.0.0.1', agent, method: 'PUT', path: '/a?sig=s' });
      sent.on('error', reject);
      sent.on('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => resolve(Buffer.concat(chunks).toString()));
      });
      sent.end(Buffer.alloc(1_000_000));
    });

  const answers = [await put(), await put()];

  expect(answers).toEqual(
    Array(2).fill(expect.stringContaining('no space left on device, write &lt;1></Message>')),
  );
  expect(told).toEqual([
    'PUT /a was answered with 500: ENOSPC: no space left on device, write <1> (told once)',
  ]);
  agent.destroy();
  server.close();
});
