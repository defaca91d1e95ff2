/** A hub whose disk takes no more; the shell's limit on the size of files stands in for the disk. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventHubProducerClient } from '@azure/event-hubs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { noRetry } from './helpers/clients.ts';
import { standInOnly } from './helpers/target.ts';

/** In blocks, of 512 or 1,024 bytes as the shell has it. */
const limited = 'ulimit -f 128 && exec "$0" "$@"';
const hubChild = new URL('helpers/hubChild.ts', import.meta.url).pathname;

async function startLimited(dataDir: string) {
  const options = JSON.stringify({ hubs: [{ name: 'photos', partitionCount: 1 }], dataDir });
  const child = spawn('sh', ['-c', limited, process.execPath, hubChild, options], {
    stdio: ['ignore', 2, 'pipe', 'ipc'],
  });
  onTestFinished(async () => {
    if (child.kill('SIGKILL')) await once(child, 'close');
  });
  const said: string[] = [];
  child.stderr?.on('data', (bytes: Buffer) => said.push(bytes.toString()));
  const [connectionString] = await once(child, 'message');
  return { client: new EventHubProducerClient(connectionString, 'photos', noRetry), said };
}

standInOnly('a hub on a full disk', () => {
  it('refuses what it cannot keep with the reason, tells of it once, and takes what still fits', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'event-hub-'));
    onTestFinished(() => rm(dataDir, { recursive: true }));
    const { client, said } = await startLimited(dataDir);
    const sendBytes = (count: number) => client.sendBatch([{ body: Buffer.alloc(count) }]);
    const refused = { code: 'InternalServerError', message: expect.stringContaining('EFBIG') };

    await sendBytes(10_000);
    await expect(sendBytes(200_000)).rejects.toMatchObject(refused);
    await expect(sendBytes(200_000)).rejects.toMatchObject(refused);
    await sendBytes(10_000);
    await expect(sendBytes(200_000)).rejects.toMatchObject(refused);

    const { lastEnqueuedSequenceNumber } = await client.getPartitionProperties('0');
    expect(lastEnqueuedSequenceNumber).toBe(1);
    const told = /0\.log: no event can be stored: EFBIG/g;
    await vi.waitFor(() => expect(said.join('').match(told)).toHaveLength(2), { timeout: 20_000 });
    await client.close();
  });
});
