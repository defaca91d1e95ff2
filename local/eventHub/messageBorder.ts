/**
 * What rhea may make of the frames and messages that come in. Events are handed on as the bytes they
 * are, whatever their format, and never decoded; requests are decoded once they are found harmless.
 * No message is held beyond the largest the hub takes.
 */
/* oxlint-disable no-underscore-dangle -- the names are rhea's */
import type { Connection } from 'rhea';
import { checkFrames, checkMessage } from './decodeGuard.ts';
import { requestNode } from './requestLink.ts';

interface TransferFrame {
  readonly channel: number;
  payload?: Buffer | undefined;
  readonly performative: {
    readonly handle?: number | undefined;
    readonly more?: boolean;
    message_format?: number | undefined;
  };
}

/** A delivery of which some frames have come. */
interface Unfinished {
  readonly frames: readonly Buffer[];
}

interface IncomingLink {
  readonly target?: { readonly address?: string } | undefined;
  readonly _incomplete?: Unfinished | undefined;
}

interface DecodeInternals {
  readonly transport: { read(bytes: Buffer): number };
  readonly remote_channel_map: Readonly<
    Record<
      number,
      { readonly remote: { readonly handles: Readonly<Record<number, IncomingLink>> } }
    >
  >;
  on_transfer(frame: TransferFrame): void;
}

/** Any format but 0 makes rhea hand over the bytes; none but that of batches means anything here. */
const undecodedFormat = 1;

/** @returns a function that cuts what goes beyond one byte too many: enough to be refused for it. */
function messageCutter(maxMessageBytes: number) {
  const heldBytes = new WeakMap<Unfinished, number>();
  return (frame: TransferFrame, unfinished: Unfinished | undefined): void => {
    const { payload } = frame;
    if (!payload || !unfinished) return;
    const held = heldBytes.get(unfinished) ?? unfinished.frames[0]?.length ?? 0;
    const kept = payload.subarray(0, Math.max(0, maxMessageBytes + 1 - held));
    frame.payload = kept.length > 0 ? kept : undefined;
    heldBytes.set(unfinished, held + kept.length);
  };
}

function checkRequest({ payload, performative }: TransferFrame, unfinished?: Unfinished): void {
  if (performative.more === true) return;
  const frames = unfinished?.frames ?? [];
  checkMessage(Buffer.concat(payload ? [...frames, payload] : frames));
}

function linkOf(internals: DecodeInternals, frame: TransferFrame): IncomingLink | undefined {
  const { handle = 0 } = frame.performative;
  return internals.remote_channel_map[frame.channel]?.remote.handles[handle];
}

function guardTransfers(internals: DecodeInternals, maxMessageBytes: number): void {
  const handle = internals.on_transfer.bind(internals);
  const cut = messageCutter(maxMessageBytes);
  internals.on_transfer = (frame) => {
    const link = linkOf(internals, frame);
    const unfinished = link?._incomplete;
    const { performative } = frame;
    cut(frame, unfinished);
    if (requestNode(link?.target?.address)) checkRequest(frame, unfinished);
    else if (performative.message_format === 0) performative.message_format = undecodedFormat;
    handle(frame);
  };
}

/** Call it once rhea has the stream, and before the first byte is read. */
export function guardDecoding(connection: Connection, maxMessageBytes: number): void {
  const internals = connection as unknown as DecodeInternals;
  const { transport } = internals;
  const read = transport.read.bind(transport);
  transport.read = (bytes) => {
    checkFrames(bytes);
    return read(bytes);
  };
  guardTransfers(internals, maxMessageBytes);
}
