/** Events pass through as bytes: only their annotations change, whatever else they hold. */
import fc from 'fast-check';
import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { sections } from '../../../local/eventHub/amqpBytes.ts';
import {
  batchFormat,
  readBatch,
  readEvent,
  sealEvent,
  withRuntimeMetrics,
} from '../../../local/eventHub/eventBytes.ts';

const place = { sequenceNumber: 7, offset: 1234, enqueuedAtMs: 1_700_000_000_000 };

const { data_section } = rhea.message;

function decoded(bytes: Buffer): Record<string, unknown> {
  return { ...rhea.message.decode(bytes) };
}

function encoded(message: object): Buffer {
  return rhea.message.encode(message);
}

describe('sealEvent', () => {
  it('writes the place and the key beside the annotations of the sender', () => {
    const event = encoded({ durable: true, message_annotations: { mine: 1 }, body: 'x' });

    const sealed = decoded(sealEvent(readEvent(event), place, 'store-7'));

    expect(sealed).toMatchObject({
      durable: true,
      body: 'x',
      message_annotations: {
        mine: 1,
        'x-opt-partition-key': 'store-7',
        'x-opt-sequence-number': 7,
        'x-opt-offset': '1234',
      },
    });
  });

  it('replaces the place of an event that is forwarded', () => {
    const first = sealEvent(readEvent(encoded({ body: 'x' })), place, undefined);

    const second = sealEvent(readEvent(first), { ...place, sequenceNumber: 8 }, undefined);

    expect(second.length).toBe(first.length);
    expect(decoded(second)).toMatchObject({
      message_annotations: { 'x-opt-sequence-number': 8 },
    });
  });

  it('leaves any body and properties as they were', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
        (content, properties) => {
          const event = {
            application_properties: properties,
            body: data_section(Buffer.from(content)),
          };
          const bytes = encoded(event);
          const sealed = sealEvent(readEvent(bytes), place, 'k');
          const tail = bytes.subarray(readEvent(bytes).tailStart);
          expect(sealed.subarray(-tail.length).equals(tail)).toBe(true);
          expect(decoded(sealed)).toMatchObject({ body: { content: Buffer.from(content) } });
        },
      ),
    );
  });
});

describe('withRuntimeMetrics', () => {
  it('adds what was enqueued last without touching the event', () => {
    const { headerBytes, ...event } = readEvent(encoded({ durable: true, body: 'x' }));

    const bytes = withRuntimeMetrics({ bytes: event.bytes, headerBytes }, place, 5);

    const { delivery_annotations, body, durable } = decoded(bytes);
    expect(delivery_annotations).toMatchObject({
      last_enqueued_sequence_number: 7,
      last_enqueued_offset: '1234',
    });
    expect([body, durable]).toEqual(['x', true]);
  });
});

describe('readBatch', () => {
  it('unpacks each event of a batch and takes the key from the envelope', () => {
    const inner = ['a', 'b'].map((body) => encoded({ body }));
    const envelope = encoded({
      message_annotations: { 'x-opt-partition-key': 'store-7' },
      body: rhea.message.data_sections(inner),
    });

    const batch = readBatch(envelope, batchFormat);

    expect(batch.partitionKey).toBe('store-7');
    expect(batch.events.map(({ bytes }) => decoded(bytes)['body'])).toEqual(['a', 'b']);
  });

  it('refuses a message that ends too early, wherever it is cut', () => {
    const bytes = encoded({ message_annotations: { mine: 1 }, body: 'some text' });
    const sectionEnds = [...sections(bytes)].map(({ end }) => end).slice(0, -1);
    const lengths = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);

    const accepted = lengths.filter((length) => {
      try {
        return readBatch(bytes.subarray(0, length), batchFormat).events.length === 0;
      } catch {
        return false;
      }
    });

    // Cut between two sections it is a whole, if empty, message.
    expect(accepted).toEqual(sectionEnds);
  });
});
