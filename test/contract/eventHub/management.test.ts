/** What hubs and partitions say about themselves. */
import { describe, expect, it } from 'vitest';
import { failureCodes, noRetry } from './helpers/clients.ts';
import { conformanceTarget, standInOnly } from './helpers/target.ts';

const subject = conformanceTarget();

describe('management', () => {
  it('describes the hub by its own name, with its partitions', async () => {
    const properties = await subject
      .producer(subject.hubName.toUpperCase())
      .getEventHubProperties();

    expect(properties.name).toBe(subject.hubName);
    expect(properties.partitionIds).toEqual(['0', '1', '2', '3']);
    expect(properties.createdOn.getTime()).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it('names the partitions to producers and consumers', async () => {
    expect(await subject.producer().getPartitionIds()).toEqual(['0', '1', '2', '3']);
    expect(await subject.consumer().getPartitionIds()).toEqual(['0', '1', '2', '3']);
  });

  it('says where a partition stands', async () => {
    const [first] = await subject.echo('0', [{ body: 1 }, { body: 2 }]);

    const properties = await subject.consumer().getPartitionProperties('0');

    expect(properties).toMatchObject({
      eventHubName: subject.hubName,
      partitionId: '0',
      isEmpty: false,
      lastEnqueuedSequenceNumber: (first?.sequenceNumber ?? 0) + 1,
      lastEnqueuedOffset: expect.any(String),
    });
    expect(properties.beginningSequenceNumber).toBeLessThanOrEqual(first?.sequenceNumber ?? -1);
    expect(Math.abs(properties.lastEnqueuedOnUtc.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it('knows no other partition and no other hub', async () => {
    const producer = subject.producer(subject.hubName, noRetry);
    const elsewhere = subject.producer('elsewhere', noRetry);

    expect(await failureCodes(producer.getPartitionProperties('4'))).toEqual([
      'ArgumentOutOfRangeError',
    ]);
    expect(await failureCodes(elsewhere.getEventHubProperties())).toEqual([
      'MessagingEntityNotFoundError',
    ]);
  });
});

standInOnly('management of a hub that is still empty', () => {
  it('says that a partition is empty, and has no last event', async () => {
    expect(await subject.producer().getPartitionProperties('3')).toMatchObject({
      isEmpty: true,
      lastEnqueuedSequenceNumber: -1,
      lastEnqueuedOffset: '-1',
      lastEnqueuedOnUtc: new Date(0),
    });
  });
});
