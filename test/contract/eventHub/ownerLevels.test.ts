/**
 * Who may read a partition: owners push each other out by level, others share up to five. The SDK
 * takes a level of 0 for none, unless a checkpoint store is there.
 */
import { describe, expect, it } from 'vitest';
import { read } from './helpers/clients.ts';
import { conformanceTarget } from './helpers/target.ts';

const subject = conformanceTarget();

function send(partitionId: string): Promise<void> {
  return subject.producer().sendBatch([{ body: 1 }], { partitionId });
}

describe('owner levels', () => {
  it('hands a partition to the reader with the higher owner level', async () => {
    await send('0');
    const first = read(subject.consumer(), '0', { ownerLevel: 1 });
    await first.received(1);

    const second = read(subject.consumer(), '0', { ownerLevel: 2 });

    expect(await first.failure()).toBe('ReceiverDisconnectedError');
    await second.received(1);
  });

  it('hands a partition to the newer of two readers with the same level', async () => {
    await send('1');
    const first = read(subject.consumer(), '1', { ownerLevel: 1 });
    await first.received(1);

    const second = read(subject.consumer(), '1', { ownerLevel: 1 });

    expect(await first.failure()).toBe('ReceiverDisconnectedError');
    await second.received(1);
  });

  it('refuses a reader with a lower owner level or none', async () => {
    await send('2');
    await read(subject.consumer(), '2', { ownerLevel: 5 }).received(1);

    const lower = read(subject.consumer(), '2', { ownerLevel: 1 });
    const without = read(subject.consumer(), '2');

    expect(await lower.failure()).toBe('ReceiverDisconnectedError');
    expect(await without.failure()).toBe('ReceiverDisconnectedError');
  });

  it('pushes out readers without a level when one with a level comes', async () => {
    await send('3');
    const without = read(subject.consumer(), '3');
    await without.received(1);

    await read(subject.consumer(), '3', { ownerLevel: 1 }).received(1);

    expect(await without.failure()).toBe('ReceiverDisconnectedError');
  });

  it('owns a partition per consumer group', async () => {
    await send('0');
    const app = read(subject.consumer('app'), '0', { ownerLevel: 9 });
    await app.received(1);

    const other = read(subject.consumer('$Default'), '0', { ownerLevel: 1 });

    await other.received(1);
    await send('0');
    expect((await app.received(2)).length).toBeGreaterThanOrEqual(2);
  });

  it('frees a partition when its owner closes', async () => {
    await send('1');
    const owner = subject.consumer();
    await read(owner, '1', { ownerLevel: 7 }).received(1);
    await owner.close();

    const next = read(subject.consumer(), '1', { ownerLevel: 1 });

    expect((await next.received(1)).length).toBeGreaterThan(0);
  });

  it('lets five readers without owner level share a partition, not six', async () => {
    await send('2');
    const five = Array.from({ length: 5 }, () => read(subject.consumer('$Default'), '2'));
    await Promise.all(five.map((reading) => reading.received(1)));

    const sixth = read(subject.consumer('$Default'), '2');

    expect(await sixth.failure()).toBe('QuotaExceededError');
  });
});
