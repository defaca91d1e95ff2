import { expect, it } from 'vitest';
import { type Envelope, envelopeSchema } from '../../../local/telemetryCollector/envelope.ts';
import { envelopeStore } from '../../../local/telemetryCollector/envelopeStore.ts';

function event(name: string, padding = ''): Envelope {
  return envelopeSchema.parse({
    name: 'Event',
    time: '2026-11-25T10:00:00.000Z',
    iKey: 'x',
    data: { baseType: 'EventData', baseData: { name, properties: { padding } } },
  });
}

it('keeps no more than it may, gives up the oldest, and counts them', () => {
  const store = envelopeStore({ maxCount: 10, maxBytes: 1_000_000 });
  for (let index = 0; index < 25; index += 1) store.add(event(`e${index}`));

  expect(store.rows('customEvents').map(({ name }) => name)).toEqual(
    Array.from({ length: 10 }, (_, index) => `e${index + 15}`),
  );
  expect(store.stats()).toMatchObject({ envelopeCount: 10, droppedCount: 15 });
});

it('goes by bytes as well, and by them alone where one is larger than all it may keep', () => {
  const large = event('large', 'x'.repeat(1_900));
  const maxBytes = JSON.stringify(large).length + 10;
  const store = envelopeStore({ maxCount: 100, maxBytes });
  store.add(event('small'));
  store.add(large);
  expect(store.rows('customEvents').map(({ name }) => name)).toEqual(['large']);

  store.add(event('huge', 'x'.repeat(5_000)));
  expect(store.stats()).toMatchObject({ envelopeCount: 0, billedBytes: 0, droppedCount: 3 });
});

it('finds rows by name, those only that are still kept, and none once it forgot all', () => {
  const store = envelopeStore({ maxCount: 6, maxBytes: 1_000_000 });
  for (let index = 0; index < 10; index += 1) {
    store.add(event(index % 2 === 0 ? 'even' : 'odd', `${index}`));
  }
  const kept = (name: string) =>
    store.rows('customEvents', { name }).map(({ customDimensions }) => customDimensions['padding']);

  expect(kept('even')).toEqual(['4', '6', '8']);
  expect(kept('odd')).toEqual(['5', '7', '9']);
  expect(kept('none')).toEqual([]);

  store.clear();

  expect([kept('even'), store.rows('customEvents')]).toEqual([[], []]);
});
