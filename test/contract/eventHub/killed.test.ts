/** The process that holds the hub is killed in the middle of writing; its folder is what is left. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventHubProducerClient } from '@azure/event-hubs';
import { afterEach, expect, it } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { clientsOf, noRetry, read } from './helpers/clients.ts';
import { standInOnly } from './helpers/target.ts';

const hubs = [{ name: 'photos', partitionCount: 1, consumerGroups: ['app'] }];

let hub: EventHub;
let folder = '';
afterEach(async () => {
  await hub.stop();
  await rm(folder, { recursive: true });
});
// Registered last, so that clients close before their hub stops.
const { producer, consumer } = clientsOf(() => hub.connectionString);

async function hubProcess(dataDir: string) {
  const options = JSON.stringify({ hubs, dataDir });
  const child = fork(new URL('helpers/hubChild.ts', import.meta.url), [options], {
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const [connectionString] = await once(child, 'message');
  return { child, connectionString: String(connectionString) };
}

/** Sends numbered events until the hub is gone. @returns the numbers that were acknowledged. */
async function sendUntilGone(connectionString: string, first: number, onAcknowledged: () => void) {
  const client = new EventHubProducerClient(connectionString, 'photos', noRetry);
  const acknowledged: number[] = [];
  try {
    for (let next = first; ; next += 10) {
      const numbers = Array.from({ length: 10 }, (_, index) => next + index);
      const batch = numbers.map((n) => ({ body: n, properties: { filling: 'x'.repeat(2_000) } }));
      await client.sendBatch(batch);
      acknowledged.push(...numbers);
      onAcknowledged();
    }
  } catch {
    await client.close().catch(() => {});
  }
  return acknowledged;
}

standInOnly('a killed hub', () => {
  it('has every acknowledged event once and in order after a start on the same folder', async () => {
    folder = await mkdtemp(join(tmpdir(), 'event-hub-'));
    const { child, connectionString } = await hubProcess(folder);
    let acknowledgedCount = 0;
    const kill = (): void => {
      acknowledgedCount += 10;
      if (acknowledgedCount === 400) child.kill('SIGKILL');
    };
    const senders = [0, 1_000_000, 2_000_000, 3_000_000].map((first) =>
      sendUntilGone(connectionString, first, kill),
    );
    await once(child, 'exit');
    const acknowledged = await Promise.all(senders);
    // What the last write would leave of a record, had it been cut off.
    await appendFile(join(folder, 'photos', '0.log'), Buffer.from([0, 0, 1, 0, 7, 7]));
    const warnings: string[] = [];

    hub = await startEventHub({ hubs, dataDir: folder, onWarning: (text) => warnings.push(text) });

    const client = producer();
    const stored = (await client.getPartitionProperties('0')).lastEnqueuedSequenceNumber + 1;
    await client.sendBatch([{ body: -1 }]);
    const events = await read(consumer(), '0', { maxBatchSize: 1_000 }).received(stored + 1);
    const numbers = events.map(({ body }) => Number(body));
    expect(events.map(({ sequenceNumber }) => sequenceNumber)).toEqual([...events.keys()]);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const sent of acknowledged) {
      expect(numbers.filter((n) => sent.includes(n))).toEqual(sent);
    }
    expect(acknowledged.flat().length).toBeGreaterThanOrEqual(400);
    expect(numbers.at(-1)).toBe(-1);
    expect(warnings).toEqual([expect.stringContaining('6 bytes behind sequence number')]);
  });
});
