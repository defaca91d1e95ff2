/**
 * Trace contexts in the W3C's notation. A photo's trace follows from its name, so that whoever meets
 * the photo, in whatever order, tells of it in the same trace, and all or nothing of it is sampled.
 * Source: W3C Trace Context, version 00, read 2026-11-25.
 */
import { createHash } from 'node:crypto';

/** Neither id may be all zeros; version ff is forbidden. */
const pattern = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/;

export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** @returns `undefined` for anything but a trace context that may be gone on from. */
export function readTraceparent(text: unknown): TraceContext | undefined {
  const match = typeof text === 'string' && pattern.exec(text.trim().toLowerCase());
  if (!match) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = match;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function writeTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/** @param sampledRatio - fraction of all subjects in [0, 1] whose traces are kept. */
export function rootTraceparent(subject: string, sampledRatio: number): string {
  const digest = createHash('sha256').update(`trace|${subject}`).digest();
  const share = digest.readUInt32BE(24) / 2 ** 32;
  return writeTraceparent({
    traceId: digest.toString('hex', 0, 16),
    spanId: digest.toString('hex', 16, 24),
    isSampled: share < sampledRatio,
  });
}
