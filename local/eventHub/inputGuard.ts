/**
 * How long a client may keep the stand-in waiting, and how much it may make it hold: rhea itself waits
 * for a declared frame of any size, for ever, and for an answer to its goodbye as long.
 */
import type { Duplex } from 'node:stream';
import type { Connection } from 'rhea';
import type { PeerLimits } from './openLinks.ts';

/** What the hub tells every client at the start. */
export const maxFrameBytes = 65_536;

/** A frame that has begun to come in: its declared size and its pieces. */
interface InputInternals {
  readonly frame_size?: number | undefined;
  readonly chunks?: readonly Buffer[] | null | undefined;
  input(bytes: Buffer): void;
}

/** Says why, hears nothing more and ends. */
export type Refuse = (condition: string, description: string) => void;

function ignore(): void {}

/** A timer that runs once at a time and ends with the stream. */
function streamTimer(stream: Duplex, delayMs: number, act: () => void) {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  stream.on('close', stop);
  const start = (): void => {
    timer ??= setTimeout(act, delayMs).unref();
  };
  return { start, stop };
}

/** Whoever was told goodbye, by frame or by the end of the stream, is cut if it stays. */
function limitGoodbye(connection: Connection, stream: Duplex, goodbyeMs: number): void {
  const cutting = streamTimer(stream, goodbyeMs, () => stream.destroy());
  const close = connection.close.bind(connection);
  connection.close = (error) => {
    cutting.start();
    close(error);
  };
  stream.on('finish', cutting.start);
}

function refusal(connection: Connection, stream: Duplex): Refuse {
  const internals = connection as unknown as InputInternals;
  return (condition, description) => {
    internals.input = ignore;
    connection.close({ condition, description, info: {} });
    // The goodbye is written a tick later.
    setImmediate(() => stream.end());
  };
}

function limitFrames(connection: Connection, stream: Duplex, frameMs: number, refuse: Refuse) {
  const internals = connection as unknown as InputInternals;
  const input = internals.input.bind(connection);
  const finishing = streamTimer(stream, frameMs, () =>
    refuse('amqp:connection:forced', `A frame was not finished within ${frameMs} ms.`),
  );
  internals.input = (bytes) => {
    const begun = internals.chunks;
    input(bytes);
    const { frame_size: sizeBytes = 0, chunks } = internals;
    if (!chunks || chunks !== begun) finishing.stop();
    if (chunks) finishing.start();
    if (sizeBytes <= maxFrameBytes) return;
    const said = `A frame of ${sizeBytes} bytes is larger than ${maxFrameBytes} bytes.`;
    refuse('amqp:connection:framing-error', said);
  };
}

/** Call it before the first byte is read. @returns how to refuse whatever else the client does. */
export function guardInput(connection: Connection, stream: Duplex, limits: PeerLimits): Refuse {
  const refuse = refusal(connection, stream);
  limitGoodbye(connection, stream, limits.goodbyeMs);
  limitFrames(connection, stream, limits.frameMs, refuse);
  return refuse;
}
