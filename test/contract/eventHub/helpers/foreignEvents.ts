/** What checks in other languages share with JavaScript: events it sends, and places of its keys. */
import { readdirSync, readFileSync } from 'node:fs';
import { EventHubProducerClient, type ReceivedEventData } from '@azure/event-hubs';
import { expect, it } from 'vitest';
import { partitionOf } from '../../../../local/eventHub/partitionHash.ts';
import type { ForeignRun } from '../../../helpers/foreignChecks.ts';

/** @param mark - how a title is written, with the title as its first group. */
export function titlesIn(folder: string, ending: string, mark: RegExp): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .flatMap((file) => [...readFileSync(folder + file, 'utf8').matchAll(mark)])
    .map(([, title = '']) => title);
}

/** Each check takes two at most; and one for the events of either side. */
export function hubsFor(titles: readonly string[], ...others: readonly string[]) {
  const fresh = titles.flatMap((_, index) => [`hub-${2 * index}`, `hub-${2 * index + 1}`]);
  return [...fresh, ...others].map((name) => ({
    name,
    partitionCount: 4,
    consumerGroups: ['app', 'audit'],
  }));
}

export async function sendFromJavaScript(connectionString: string, hubName: string): Promise<void> {
  const producer = new EventHubProducerClient(connectionString, hubName);
  const properties = { text: 'grüße', whole: 7, fraction: 0.25, yes: true };
  const named = { messageId: 'm-1', correlationId: 'c-1', contentType: 'application/json' };
  const json = { body: { n: 1, text: 'grüße' }, ...named, properties };
  const value = { body: 'plain', bodyType: 'value' } as const;
  const sequence = { body: [1, 'two'], bodyType: 'sequence' } as const;
  const events = [json, { body: Buffer.from([0, 1, 255]) }, value, sequence];
  await producer.sendBatch(events, { partitionId: '0' });
  await producer.close();
}

/** The four events that a client of another language sends back. */
function expectAsMeant(
  [json, binary, value, sequence]: readonly ReceivedEventData[],
  [yes, no]: readonly unknown[],
): void {
  expect(json).toMatchObject({
    body: { n: 1, text: 'grüße' },
    messageId: 'm-1',
    correlationId: 'c-1',
    contentType: 'application/json',
    properties: { text: 'grüße', whole: 7, negative: -3, fraction: 0.25, yes, no },
  });
  expect(binary?.body).toEqual(Buffer.from([0, 1, 255]));
  expect(value?.body).toBe('plain');
  expect(sequence?.body).toEqual([1, 'two']);
}

/**
 * @param events - reads as many of them as it is told.
 * @param booleans - what JavaScript makes of a true and a false among the properties.
 */
export function itSendsAsMeant(
  events: (count: number) => Promise<readonly ReceivedEventData[]>,
  booleans: readonly unknown[],
): void {
  it('sends bodies and properties that JavaScript reads as they were meant', async () => {
    expectAsMeant(await events(4), booleans);
  });
}

/** Of a program that tells where each of our keys went. */
export function itKeepsKeysTogether(run: () => ForeignRun): void {
  it('gets its key where the JavaScript SDK puts it', () => {
    const check = run().checks.get(
      'sends events that share a key to one partition, the one JavaScript chooses',
    );

    expect(check?.seen).toBe(keyPlaces());
  });
}

/** As the hash of the JavaScript SDK has it. */
function keyPlaces(): string {
  const keys = ['store-1', 'store-2', 'store-3', 'äöü'];
  return keys.map((key) => `${key}=${partitionOf(key, 4)}`).join(' ');
}
