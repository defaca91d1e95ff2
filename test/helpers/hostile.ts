/** Rude callers, bounded in number and time, for ports of this machine. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const host = '127.0.0.1';

function opened(port: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect(port, host, () => resolve(socket));
  socket.once('error', reject);
  return promise;
}

/** Says what it has to say and leaves when told, cut off, or after a moment. */
async function say(port: number, bytes: Buffer, patienceMs = 200): Promise<void> {
  const socket = await opened(port);
  socket.on('error', () => {});
  socket.resume();
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('close', () => resolve());
  socket.setTimeout(patienceMs, () => socket.destroy());
  socket.write(bytes);
  await promise;
}

const amqpHeader = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1');
const saslHeader = Buffer.from('AMQP\x03\x01\x00\x00', 'latin1');

/** Length, data offset, type and channel of an AMQP frame. */
function frame(lengthBytes: number, offset: number, type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(lengthBytes, 0);
  header.set([offset, type], 4);
  return Buffer.concat([header, body]);
}

/** Lists within lists: five bytes a level. */
function nested(depth: number): Buffer {
  const levels = Array.from({ length: depth }, () =>
    Buffer.from([0xd0, 0, 0, 0xff, 0, 0, 0, 0, 1]),
  );
  return Buffer.concat(levels);
}

export const garbage: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  'zero bytes': Buffer.alloc(4_096),
  noise: Buffer.from(Array.from({ length: 8_192 }, (_, index) => (index * 7_919 + 13) % 256)),
  'half a protocol header': amqpHeader.subarray(0, 5),
  'an unknown protocol version': Buffer.from('AMQP\x00\x09\x09\x09', 'latin1'),
  'a TLS hello': Buffer.from('16030100c8010000c40303', 'hex'),
  'an HTTP request': Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  'an HTTP version that does not exist': Buffer.from('GET / HTTP/9.9\r\n\r\n'),
  'a body shorter than it says': Buffer.from(
    'POST /control/faults HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n{',
  ),
  'a path that is no path': Buffer.from(
    'PUT /%ff%/%00 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n',
  ),
  'an HTTP header without end': Buffer.from(`GET / HTTP/1.1\r\nX: ${'a'.repeat(65_536)}`),
  'SASL noise': Buffer.concat([saslHeader, Buffer.alloc(512, 0xff)]),
  'a frame of 2 GiB': Buffer.concat([amqpHeader, frame(0x7fffffff, 2, 0, Buffer.alloc(64))]),
  'a frame shorter than its header': Buffer.concat([amqpHeader, frame(4, 2, 0, Buffer.alloc(16))]),
  'a frame of an unknown type': Buffer.concat([amqpHeader, frame(24, 2, 9, Buffer.alloc(16))]),
  'a data offset beyond the frame': Buffer.concat([
    amqpHeader,
    frame(24, 200, 0, Buffer.alloc(16)),
  ]),
  'values nested a thousand deep': Buffer.concat([
    amqpHeader,
    frame(8 + 9_000, 2, 0, nested(1_000)),
  ]),
};

const opening = frame(17, 2, 0, Buffer.from('005310c00401a10178', 'hex'));

/** Lists in lists, each whole and as long as it says. */
function deep(depth: number): Buffer {
  const levels: Buffer[] = [Buffer.from([0x45])];
  for (let level = 0; level < depth; level += 1) {
    const head = Buffer.from([0xd0, 0, 0, 0, 0, 0, 0, 0, 1]);
    head.writeUInt32BE(level * head.length + 5, 1);
    levels.unshift(head);
  }
  return Buffer.concat(levels);
}

/** A list of arrays: each small, and each says that it holds as many nulls as the frame has bytes. */
function manyArrays(count: number): Buffer {
  const array = Buffer.from('f0000000050000f00040', 'hex');
  const head = Buffer.from([0xd0, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(count * array.length + 4, 1);
  head.writeUInt32BE(count, 5);
  return Buffer.concat([head, ...Array.from({ length: count }, () => array)]);
}

/** An open whose container id is not what it should be. */
function openWith(value: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('005310d00000000000000001', 'hex'), value]);
  body.writeUInt32BE(value.length + 4, 4);
  return frame(8 + body.length, 2, 0, body);
}

const nulls = Buffer.from('f000000005ffffffff40', 'hex');

/** Small frames that cost much to decode. */
export const bombs = {
  'an array of four billion nulls': Buffer.concat([amqpHeader, openWith(nulls)]),
  '6,000 arrays of 61,440 nulls': Buffer.concat([amqpHeader, openWith(manyArrays(6_000))]),
  'lists nested 5,000 deep': Buffer.concat([amqpHeader, openWith(deep(5_000))]),
};

/** Beginnings of a conversation, as far as each name says. */
export const beginning = {
  header: amqpHeader,
  open: Buffer.concat([amqpHeader, opening]),
  declared: (lengthBytes: number): Buffer => frame(lengthBytes, 2, 0, Buffer.alloc(8)),
};

/** A frame on a channel; its body is a performative with a list of encoded fields. */
function performative(channel: number, code: number, ...fields: readonly Buffer[]): Buffer {
  const list = Buffer.concat(fields);
  const head = Buffer.from([0, 0x53, code, 0xd0, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(list.length + 4, 4);
  head.writeUInt32BE(fields.length, 8);
  const bytes = frame(8 + head.length + list.length, 2, 0, Buffer.concat([head, list]));
  bytes.writeUInt16BE(channel, 6);
  return bytes;
}

const nil = Buffer.from([0x40]);

function uint(value: number): Buffer {
  const bytes = Buffer.from([0x70, 0, 0, 0, 0]);
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0xa1, value.length]), Buffer.from(value)]);
}

const [yes, no] = [Buffer.from([0x41]), Buffer.from([0x42])];
const noSource = Buffer.from('00532845', 'hex');
const noHub = Buffer.from('005329c00701a104', 'hex');

/** What may be said once a connection is open. */
export const saying = {
  begin: (channel: number): Buffer => performative(channel, 0x11, nil, uint(0), uint(9), uint(9)),
  /** A publisher's link to a hub that isn't there: it is refused, and this caller says nothing to it. */
  attach(channel: number, handle: number): Buffer {
    const target = Buffer.concat([noHub, Buffer.from('none')]);
    const ends = [noSource, target, nil, nil, uint(0)];
    const name = text(`link-${channel}-${handle}`);
    return performative(channel, 0x12, name, uint(handle), no, nil, nil, ...ends);
  },
  settle: (channel: number, first: number, last: number): Buffer =>
    performative(channel, 0x15, yes, uint(first), uint(last), yes),
};

export interface StayingCaller {
  readonly socket: Socket;
  /** All that the port has said so far. */
  heard(): string;
}

/** Says its bytes and stays, whatever it is told: it answers neither goodbye nor end of stream. */
export async function stay(port: number, ...bytes: readonly Buffer[]): Promise<StayingCaller> {
  const socket = connect({ port, host, allowHalfOpen: true });
  const parts: Buffer[] = [];
  socket.on('error', () => {});
  socket.on('data', (part: Buffer) => parts.push(part));
  await once(socket, 'connect');
  socket.write(Buffer.concat(bytes));
  return { socket, heard: () => Buffer.concat(parts).toString('latin1') };
}

/** Each kind of garbage once. */
export async function sendGarbage(port: number): Promise<void> {
  for (const bytes of Object.values(garbage)) await say(port, bytes);
}

const atOnceCount = 200;

/** Opened, and dropped at once without a word. */
export async function openAndDrop(port: number, count: number): Promise<void> {
  for (let first = 0; first < count; first += atOnceCount) {
    const sockets = await Promise.all(
      Array.from({ length: Math.min(atOnceCount, count - first) }, () => opened(port)),
    );
    for (const socket of sockets) {
      socket.on('error', () => {});
      socket.resetAndDestroy();
    }
  }
}

/** @returns sockets that say nothing more; whoever asked for them destroys them. */
export async function halfOpen(port: number, count: number): Promise<Socket[]> {
  const sockets = await Promise.all(Array.from({ length: count }, () => opened(port)));
  for (const socket of sockets) {
    socket.on('error', () => {});
    socket.end();
  }
  return sockets;
}
