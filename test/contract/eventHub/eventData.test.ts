/** What an event carries comes back as it was sent: bodies, properties of every type, and more. */
import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { read } from './helpers/clients.ts';
import { conformanceTarget } from './helpers/target.ts';

const subject = conformanceTarget();
const { types } = rhea;

/** What the client's own codec makes of a value, without any service in between. */
function throughCodec(properties: object): unknown {
  const bytes = rhea.message.encode({ application_properties: properties });
  return rhea.message.decode(bytes)['application_properties'];
}

/** The client has no words for decimals, but its codec carries their bytes. */
function decimal(name: string, hex: string): unknown {
  const create: unknown = Reflect.get(types, name);
  return typeof create === 'function' ? create(Buffer.from(hex, 'hex')) : undefined;
}

describe('event data', () => {
  it('gives JSON, text, numbers, null and binary bodies back as they were sent', async () => {
    const bodies = [{ a: [1, 'ü'] }, 'plain', '', 4.5, true, [1, [2]], null, Buffer.from([0, 255])];

    const events = await subject.echo(
      '0',
      bodies.map((body) => ({ body })),
    );

    expect(events.map(({ body }) => body)).toEqual(bodies);
  });

  it('gives a body back byte by byte to a reader that does not want it parsed', async () => {
    const sequenceNumber = await subject.nextSequenceNumber('0');
    const body = Buffer.from('{"a": 1}');
    await subject.producer().sendBatch([{ body }], { partitionId: '0' });

    const startPosition = { sequenceNumber, isInclusive: true };
    const options = { startPosition, skipParsingBodyAsJson: true };
    const [event] = await read(subject.consumer(), '0', options).received(1);

    expect(event?.body).toEqual(body);
  });

  it.each([
    ['value', { a: 1, b: ['x', null], c: { d: true } }],
    ['value', 'text'],
    ['value', null],
    ['sequence', [[1, 'two', null], [{ three: 3 }]]],
    ['data', Buffer.from([1, 2, 3])],
  ] as const)('gives an AMQP body of the section %s back: %j', async (bodyType, body) => {
    const [event] = await subject.echo('0', [{ body, bodyType }]);

    expect(event?.getRawAmqpMessage().bodyType).toBe(bodyType);
    expect(event?.body).toEqual(body);
  });

  it('gives application properties of JavaScript types back', async () => {
    const takenAt = new Date(1_700_000_000_000);
    const properties = { store: 'a', '': 'empty', count: 3, ratio: 0.5, isNew: true, none: null };

    const [event] = await subject.echo('0', [{ body: 1, properties: { ...properties, takenAt } }]);

    // The SDK itself gives dates back as epoch milliseconds.
    expect(event?.properties).toEqual({ ...properties, takenAt: takenAt.getTime() });
  });

  it.each([
    ['ubyte', types.wrap_ubyte(255)],
    ['ushort', types.wrap_ushort(65_535)],
    ['uint', types.wrap_uint(4_294_967_295)],
    ['ulong', types.wrap_ulong(Buffer.from('ffffffffffffffff', 'hex'))],
    ['byte', types.wrap_byte(-128)],
    ['short', types.wrap_short(-32_768)],
    ['int', types.wrap_int(-2_147_483_648)],
    ['long', types.wrap_long(-9_007_199_254_740_991)],
    ['long beyond 2^53', types.wrap_long(Buffer.from('7fffffffffffffff', 'hex'))],
    ['float', types.wrap_float(0.5)],
    ['double', types.wrap_double(Math.PI)],
    ['char', types.wrap_char(0x1f600)],
    ['timestamp before 1970', types.wrap_timestamp(-1)],
    ['uuid', types.wrap_uuid(Buffer.from('00112233445566778899aabbccddeeff', 'hex'))],
    ['binary', types.wrap_binary(Buffer.from([0, 1, 255]))],
    ['symbol', types.wrap_symbol('a-symbol')],
    ['string longer than 255', types.wrap_string('ü'.repeat(300))],
    ['list', types.wrap_list([1, 'two', [3]])],
    ['map', types.wrap_map({ a: { b: [null, true] } })],
  ])('gives an application property of the AMQP type %s back', async (_, value) => {
    const [event] = await subject.echo('0', [{ body: 1, properties: { value } }]);

    const raw = event?.getRawAmqpMessage().applicationProperties;
    expect(raw).toEqual(throughCodec({ value }));
  });

  it('gives decimals back, as the bytes that they are', async () => {
    const properties = {
      d32: decimal('Decimal32', '22500001'),
      d64: decimal('Decimal64', '2238000000000001'),
      d128: decimal('Decimal128', '2208000000000000000000000000000f'),
    };

    const [event] = await subject.echo('0', [{ body: 1, properties }]);

    const raw = event?.getRawAmqpMessage().applicationProperties;
    expect(raw).toEqual(throughCodec(properties));
    expect(raw?.['d32']).toEqual(Buffer.from('22500001', 'hex'));
  });

  it('keeps message id, correlation id and content type', async () => {
    const event = { body: 1, messageId: 'm-1', contentType: 'application/json', correlationId: 7 };

    const [received] = await subject.echo('0', [event]);

    expect(received).toMatchObject(event);
  });

  it('keeps every property of an annotated message', async () => {
    const properties = {
      messageId: Buffer.from('a uuid, 16 bytes'),
      to: 'somewhere',
      subject: 'about',
      replyTo: 'back',
      correlationId: 'c',
      contentType: 'text/plain',
      contentEncoding: 'utf-8',
      absoluteExpiryTime: 1_800_000_000_000,
      creationTime: 1_700_000_000_000,
      groupId: 'g',
      groupSequence: 3,
      replyToGroupId: 'r',
    };

    const [event] = await subject.echo('0', [{ body: 1, bodyType: 'data', properties }]);

    const received = event?.getRawAmqpMessage().properties;
    expect(received).toEqual(properties);
  });

  it('keeps the annotations of a sender but for those that the hub sets', async () => {
    const messageAnnotations = { 'x-opt-own': 'kept', 'x-opt-sequence-number': 99_999_999 };
    const sequenceNumber = await subject.nextSequenceNumber('0');

    const [event] = await subject.echo('0', [{ body: 1, bodyType: 'data', messageAnnotations }]);

    expect(event?.sequenceNumber).toBe(sequenceNumber);
    expect(event?.systemProperties).toMatchObject({ 'x-opt-own': 'kept' });
  });

  it('stamps each event with sequence number, offset and enqueued time', async () => {
    const before = Date.now() - 60_000;
    const events = await subject.echo('0', [{ body: 1 }, { body: 2 }, { body: 3 }]);

    const first = events[0]?.sequenceNumber ?? -1;
    expect(events.map((event) => event.sequenceNumber - first)).toEqual([0, 1, 2]);
    expect(new Set(events.map(({ offset }) => offset)).size).toBe(3);
    for (const { offset, enqueuedTimeUtc } of events) {
      expect(offset).toBeTypeOf('string');
      expect(enqueuedTimeUtc.getTime()).toBeGreaterThan(before);
    }
  });
});
