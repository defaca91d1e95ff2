/** Nothing may cost more to decode than its bytes are worth; all that clients send may pass. */
import fc from 'fast-check';
import rhea from 'rhea';
import { expect, it } from 'vitest';
import { checkFrames, checkMessage } from '../../../local/eventHub/decodeGuard.ts';

const valueSection = (hex: string): Buffer => Buffer.from(`005377${hex}`, 'hex');

it('takes messages with values of every kind', () => {
  const { types } = rhea;
  const bytes = rhea.message.encode({
    message_annotations: { 'x-opt-partition-key': 'store-1' },
    application_properties: { text: 'a'.repeat(300), yes: true, at: types.wrap_timestamp(1) },
    body: {
      list: [1, 'two', null, [3, [4, []]]],
      array: types.wrap_array([1, 2, 3], 0x71, undefined),
      symbols: types.wrap_array(['a', 'b'], 0xa3, undefined),
      bytes: Buffer.alloc(400),
    },
  });

  expect(() => checkMessage(bytes)).not.toThrow();
});

it.each([
  ['an array of four billion nulls', 'f000000005ffffffff40'],
  ['an array of described nulls', 'f000000008ffffffff00537740'],
  ['an array of twice described nulls', 'f00000000affffffff00430053774000'],
  ['an array within an array', 'f00000000f00000001f00000000affffffff40'],
  ['many arrays of some nulls', `c0ff0a${'f0000000050000040040'.repeat(10)}`],
])('refuses a message with %s', (_, hex) => {
  expect(() => checkMessage(valueSection(hex))).toThrow('More values than the bytes are worth');
});

it('refuses a message that is nested without end', () => {
  const levels = Buffer.from('c0ff01'.repeat(1_000), 'hex');

  expect(() => checkMessage(levels)).toThrow('nested too deep');
});

it('refuses arrays that are nested without end', () => {
  expect(() => checkMessage(valueSection('e0ff01'.repeat(1_000)))).toThrow('nested too deep');
});

it('takes an array of nulls that is small', () => {
  expect(() => checkMessage(valueSection('f0000000050000040040'))).not.toThrow();
});

it('takes every message that rhea encodes', () => {
  const values = [fc.integer(), fc.string(), fc.boolean()];
  fc.assert(
    fc.property(fc.anything({ values, maxDepth: 10 }), fc.uint8Array(), (body, bytes) => {
      const data = rhea.message.data_sections([Buffer.from(bytes), Buffer.from(bytes)]);

      checkMessage(rhea.message.encode({ body }));
      checkMessage(rhea.message.encode({ body: data, correlation_id: 7, durable: true }));
    }),
  );
});

it('looks at each frame behind the protocol headers, and at none that is unfinished', () => {
  const header = Buffer.from('414d515000010000', 'hex');
  const heartbeat = Buffer.from('0000000802000000', 'hex');
  const bomb = Buffer.from('0000001502000000005310f000000005ffffffff40', 'hex');

  expect(() => checkFrames(Buffer.concat([header, heartbeat, header, bomb]))).toThrow(RangeError);
  expect(() => checkFrames(Buffer.concat([header, heartbeat, bomb.subarray(0, -1)]))).not.toThrow();
});
