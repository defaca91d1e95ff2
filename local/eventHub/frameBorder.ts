/**
 * What has to be put right at the border between rhea and the wire, frame by frame: fields that
 * clients in other languages expect, frames that come just after their session has ended, and many
 * small writes where one would do.
 */
/* oxlint-disable no-underscore-dangle -- the names are rhea's */
import type { Duplex } from 'node:stream';
import rhea, { type Connection } from 'rhea';
import { maxChannel, maxHandle } from './peerBounds.ts';

/** A performative on its way out: its fields, in order. */
interface Performative {
  readonly value: unknown[];
  readonly handle?: number | null;
  readonly constructor: { readonly descriptor?: { readonly numeric: number } };
}

interface IncomingFrame {
  readonly channel: number;
  readonly performative: { handle?: number | undefined };
}

type FrameHandler = (frame: IncomingFrame) => void;

interface QueuedDelivery {
  readonly link: unknown;
  /** How many of its frames are out. */
  readonly next_to_send: number;
}

/** What waits for the client's session window, oldest first, in a ring that `tail` ends. */
interface SendQueue {
  readonly deliveries: {
    readonly capacity: number;
    size: number;
    tail: number;
    by_id(id: number): QueuedDelivery | undefined;
  };
  next_delivery_id: number;
  readonly next_pending_delivery: number;
}

interface SessionInternals {
  readonly remote: { readonly handles: Readonly<Record<number, unknown>> };
  readonly outgoing: SendQueue;
}

/** A link as seen from its local handle. */
interface AttachedLink {
  is_receiver(): boolean;
  readonly remote: { readonly attach?: { readonly snd_settle_mode?: number | null } };
}

interface ConnectionInternals {
  readonly local_channel_map: Readonly<
    Record<
      number,
      { readonly local: { readonly handles: Readonly<Record<number, AttachedLink>> } } | undefined
    >
  >;
  readonly remote_channel_map: Readonly<Record<number, SessionInternals>>;
  on_flow: FrameHandler;
  on_transfer: FrameHandler;
  on_disposition: FrameHandler;
  on_detach: FrameHandler;
  _write_frame(channel?: number, frame?: Performative, payload?: Buffer): void;
  output(): void;
}

type FieldDefault = () => unknown;

const nothing: FieldDefault = () => null;

function fields(count: number, defaults: Readonly<Record<number, FieldDefault>> = {}) {
  return Array.from({ length: count }, (_, index) => defaults[index] ?? nothing);
}

/**
 * How many fields each performative has, and those for which clients know no default: channel-max,
 * handle-max, properties of an attach. Source: OASIS AMQP 1.0 part 2, section 2.7, 2026-11-23.
 */
const everyField = new Map([
  [0x10, fields(10, { 3: () => rhea.types.wrap_ushort(maxChannel) })],
  [0x11, fields(8, { 4: () => rhea.types.wrap_uint(maxHandle) })],
  [0x12, fields(14, { 13: () => rhea.types.wrap_map({}) })],
  [0x13, fields(11)],
  [0x14, fields(11)],
  [0x15, fields(6)],
  [0x16, fields(3)],
]);

/** Python's client indexes fields blindly, so trailing ones are written too, as Azure does. */
function writeEveryField({ value, constructor }: Performative): void {
  const wanted = everyField.get(constructor.descriptor?.numeric ?? 0) ?? [];
  for (let index = 0; index < wanted.length; index += 1) value[index] ??= wanted[index]?.();
}

const [attachCode, transferCode] = [0x12, 0x14];
const mixedMode = 2;

/**
 * Events go out settled. A client that says it takes both ways may settle what it reads itself, as
 * Proton's does, so it reads that they are not; what it then says about them is about nothing still held.
 */
function leaveSettling(frame: Performative, { remote }: AttachedLink): void {
  if (remote.attach?.snd_settle_mode !== mixedMode) return;
  const { value, constructor } = frame;
  const code = constructor.descriptor?.numeric;
  if (code === attachCode) value[3] = rhea.types.wrap_ubyte(mixedMode);
  if (code === transferCode) value[4] = rhea.types.wrap_boolean(false);
}

/**
 * Where the hub receives, what the client said of settling holds, as the service gives it back: .NET
 * sends its token requests settled, all with one tag, and counts them as open if it reads otherwise.
 */
function echoSettling({ value, constructor }: Performative, link: AttachedLink): void {
  const mode = link.remote.attach?.snd_settle_mode;
  if (constructor.descriptor?.numeric !== attachCode || !link.is_receiver()) return;
  if (typeof mode === 'number') value[3] = rhea.types.wrap_ubyte(mode);
}

/**
 * Takes back what a link still has queued when the client detaches it: sent behind the answer it would
 * break the client's connection. Only the newest deliveries can be taken back; ids have no gaps.
 */
function takeBackUnsent({ outgoing }: SessionInternals, link: unknown): void {
  const { deliveries } = outgoing;
  while (outgoing.next_delivery_id > outgoing.next_pending_delivery) {
    const newest = deliveries.by_id(outgoing.next_delivery_id - 1);
    if (!newest || newest.link !== link || newest.next_to_send > 0) return;
    deliveries.tail = (deliveries.tail + deliveries.capacity - 1) % deliveries.capacity;
    deliveries.size -= 1;
    outgoing.next_delivery_id -= 1;
  }
}

const lateFrames = ['on_flow', 'on_transfer', 'on_disposition', 'on_detach'] as const;

/**
 * A client may still send flows for a session or a link that it has just ended, as rhea inside the
 * JavaScript SDK does. Taken for violations they would cut the connection, and the client would wait
 * in vain for the answer to its goodbye.
 */
function overlookLateFrames(internals: ConnectionInternals): void {
  for (const name of lateFrames) {
    const handle = internals[name].bind(internals);
    internals[name] = (frame) => {
      const session = internals.remote_channel_map[frame.channel];
      if (!session) return;
      const { handle: number } = frame.performative;
      const link =
        number === undefined || number === null ? number : session.remote.handles[number];
      const isLate = link === undefined && number !== undefined;
      if (isLate && name !== 'on_flow') return;
      // What a flow says about its session holds all the same.
      if (isLate) frame.performative.handle = undefined;
      if (name === 'on_detach') takeBackUnsent(session, link);
      handle(frame);
    };
  }
}

/** rhea writes each frame for itself; those of one turn together cost one system call. */
function writeTogether(internals: ConnectionInternals, stream: Duplex): void {
  const output = internals.output.bind(internals);
  let isCorked = false;
  internals.output = () => {
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      process.nextTick(() => {
        isCorked = false;
        stream.uncork();
      });
    }
    output();
  };
}

/** The link of an attach or a transfer on its way out. */
function linkOf(internals: ConnectionInternals, channel: number, frame: Performative) {
  const { handle } = frame;
  if (handle === undefined || handle === null) return undefined;
  return internals.local_channel_map[channel]?.local.handles[handle];
}

/** Call it before the first byte is read or written. */
export function mendFrames(connection: Connection, stream: Duplex): void {
  const internals = connection as unknown as ConnectionInternals;
  const write = internals._write_frame.bind(connection);
  internals._write_frame = (channel, frame, payload) => {
    const link = frame && linkOf(internals, channel ?? 0, frame);
    if (link) {
      leaveSettling(frame, link);
      echoSettling(frame, link);
    }
    if (frame) writeEveryField(frame);
    write(channel, frame, payload);
  };
  overlookLateFrames(internals);
  writeTogether(internals, stream);
}
