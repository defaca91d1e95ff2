/**
 * What waits on the deferred queue. Several photos share a message; each carries its own count and
 * first-seen time. No top-level field may be named like a queue property (`id`, `dequeueCount`, …):
 * the host lets body fields override them.
 */
import * as z from 'zod';
import { type PhotoWork, photoWorkSchema } from './photoWork.ts';

export const deferredMessageSchema = z.object({
  messageVersion: z.literal(1),
  /** Failure codes, for people who look into the queue. */
  parkedBecause: z.array(z.string()),
  /** When it is to come back; absent: at once. */
  dueAtMs: z.number().optional(),
  photos: z.array(photoWorkSchema).min(1),
});

export type DeferredMessage = z.output<typeof deferredMessageSchema>;

/** Queue messages hold 64 KiB of base64, 48 KiB of text. Source: Queue service limits, 2026-11-23. */
const maxMessageBytes = 48 * 1024;

/** As many photos a message as fit; a photo always fits (its parts are bounded). */
export function toMessages(
  photos: readonly PhotoWork[],
  parkedBecause: readonly string[],
  dueAtMs?: number,
): readonly string[] {
  const message = { messageVersion: 1, parkedBecause, dueAtMs, photos };
  const text = JSON.stringify(message);
  if (photos.length <= 1 || Buffer.byteLength(text) <= maxMessageBytes) return [text];
  const middle = Math.ceil(photos.length / 2);
  return [photos.slice(0, middle), photos.slice(middle)].flatMap((half) =>
    toMessages(half, parkedBecause, dueAtMs),
  );
}
