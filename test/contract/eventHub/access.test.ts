/** Who gets in: keys, their names, signatures for one hub or all, and how long they hold. */
import { createHmac } from 'node:crypto';
import { EventHubProducerClient } from '@azure/event-hubs';
import { afterEach, describe, expect, it } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { failureCodes, noRetry } from './helpers/clients.ts';
import { conformanceTarget, standInOnly, whereKeysAreChecked } from './helpers/target.ts';

const subject = conformanceTarget();

const running: EventHub[] = [];
afterEach(async () => {
  for (const hub of running.splice(0)) await hub.stop();
});
// Registered last, so that clients close before their hub stops.
const open: EventHubProducerClient[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});

function producerFor(connectionString: string): EventHubProducerClient {
  const client = new EventHubProducerClient(connectionString, subject.hubName, noRetry);
  open.push(client);
  return client;
}

function send(client: EventHubProducerClient): Promise<string[]> {
  return failureCodes(client.sendBatch([{ body: 1 }]));
}

interface Signed {
  readonly key: string;
  readonly keyName: string;
  readonly endpoint: string;
}

function partsOf(connectionString: string): Signed {
  const part = (name: string): string =>
    new RegExp(`(?:^|;)${name}=([^;]*)`).exec(connectionString)?.[1] ?? '';
  return {
    key: part('SharedAccessKey'),
    keyName: part('SharedAccessKeyName'),
    endpoint: part('Endpoint'),
  };
}

/** A connection string with a signature in the place of the key. */
function signedFor(path: string, expiresAtMs: number, connectionString: string): string {
  const { key, keyName, endpoint } = partsOf(connectionString);
  const resource = encodeURIComponent(`${endpoint.replace(/\/$/, '')}/${path}`);
  const expiry = Math.floor(expiresAtMs / 1000);
  const signature = createHmac('sha256', key).update(`${resource}\n${expiry}`).digest('base64');
  const fields = `sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${keyName}`;
  const emulator = /UseDevelopmentEmulator=[^;]*/.exec(connectionString)?.[0] ?? '';
  return `Endpoint=${endpoint};SharedAccessSignature=SharedAccessSignature ${fields};${emulator}`;
}

const inAnHour = (): number => Date.now() + 3_600_000;

describe('access', () => {
  it('takes a signature for the hub', async () => {
    const signed = signedFor(subject.hubName, inAnHour(), subject.connectionString());

    expect(await send(producerFor(signed))).toEqual([]);
  });

  it('takes a signature for the whole namespace', async () => {
    const signed = signedFor('', inAnHour(), subject.connectionString());

    expect(await send(producerFor(signed))).toEqual([]);
  });
});

whereKeysAreChecked('access refused', () => {
  it('refuses a wrong key', async () => {
    const right = subject.connectionString();
    const wrong = right.replace(/SharedAccessKey=[^;]*/, 'SharedAccessKey=wrong');

    expect(await send(producerFor(wrong))).toEqual(['UnauthorizedError']);
  });

  it('refuses a wrong key name', async () => {
    const right = subject.connectionString();
    const wrong = right.replace(/SharedAccessKeyName=[^;]*/, 'SharedAccessKeyName=someone');

    expect(await send(producerFor(wrong))).toEqual(['UnauthorizedError']);
  });

  it('refuses a signature for another hub', async () => {
    const signed = signedFor('elsewhere', inAnHour(), subject.connectionString());

    expect(await send(producerFor(signed))).toEqual(['UnauthorizedError']);
  });

  it('refuses a signature for a hub whose name only begins like this one', async () => {
    const signed = signedFor(subject.hubName.slice(0, -1), inAnHour(), subject.connectionString());

    expect(await send(producerFor(signed))).toEqual(['UnauthorizedError']);
  });

  it('refuses an expired signature, and says so', async () => {
    const signed = signedFor(subject.hubName, Date.now() - 5000, subject.connectionString());
    const sending = producerFor(signed).sendBatch([{ body: 1 }]);

    await expect(sending).rejects.toMatchObject({
      code: 'UnauthorizedError',
      message: expect.stringContaining('ExpiredToken'),
    });
  });
});

standInOnly('access that ends', () => {
  it('detaches a link when its token expires, and lets a new token in', async () => {
    let nowMs = Date.now();
    const hub = await startEventHub({
      hubs: [{ name: 'photos', partitionCount: 1 }],
      nowMs: () => nowMs,
    });
    running.push(hub);
    const short = producerFor(signedFor('photos', nowMs + 60_000, hub.connectionString));
    expect(await send(short)).toEqual([]);
    expect(hub.stats().publisherCount).toBe(1);

    nowMs += 61_000;
    await expect.poll(() => hub.stats().publisherCount, { timeout: 10_000 }).toBe(0);

    // This answer comes after the detach, so the client has heard of it.
    expect(await failureCodes(short.getPartitionIds())).toEqual(['UnauthorizedError']);
    expect(await send(short)).toEqual(['UnauthorizedError']);
    expect(await send(producerFor(hub.connectionString))).toEqual([]);
  });
});
