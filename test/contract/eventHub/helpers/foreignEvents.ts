/** What checks in other languages share with JavaScript: events it sends, and places of its keys. */
import { readdirSync, readFileSync } from 'node:fs';
import { EventHubProducerClient } from '@azure/event-hubs';
import { partitionOf } from '../../../../local/eventHub/partitionHash.ts';

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

/** As the hash of the JavaScript SDK has it. */
export function keyPlaces(): string {
  const keys = ['store-1', 'store-2', 'store-3', 'äöü'];
  return keys.map((key) => `${key}=${partitionOf(key, 4)}`).join(' ');
}
