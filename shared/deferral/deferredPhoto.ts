/**
 * What waits on the deferred queue. Several photos share a message; each carries its own count and
 * first-seen time. No top-level field may be named like a queue property (`id`, `dequeueCount`, …):
 * the host lets body fields override them.
 */
import { z } from 'zod';
import type { WantedPhoto } from '../photo/photo.ts';
import type { Source } from '../results/outcome.ts';

export interface DeferredPhoto {
  readonly photo: WantedPhoto;
  readonly source: Source;
  readonly firstSeenAtMs: number;
  /** Times it has been parked, this one included. */
  readonly deferralCount: number;
  /** Tries that were answered with something unusable; one more is allowed. */
  readonly badAnswerCount: number;
}

const contextSchema = z.object({
  site: z.string().optional(),
  batch: z.string().optional(),
  device: z.string().optional(),
  equipmentClass: z.string().optional(),
  capturedAt: z.string().optional(),
});

const deferredPhotoSchema = z.object({
  photo: z.object({
    account: z.string(),
    container: z.string(),
    blobName: z.string(),
    etag: z.string().optional(),
    lastModifiedAtMs: z.number().optional(),
  }),
  source: z.object({
    trigger: z.enum(['upload', 'capture']),
    eventId: z.string().optional(),
    context: contextSchema,
  }),
  firstSeenAtMs: z.number(),
  deferralCount: z.number().int().min(1),
  badAnswerCount: z.number().int().min(0),
});

export const deferredMessageSchema = z.object({
  messageVersion: z.literal(1),
  /** Failure codes, for people who look into the queue. */
  parkedBecause: z.array(z.string()),
  photos: z.array(deferredPhotoSchema).min(1),
});

export type DeferredMessage = z.output<typeof deferredMessageSchema>;

/** Queue messages hold 64 KiB of base64, 48 KiB of text. Source: Queue service limits, 2026-11-23. */
const maxMessageBytes = 48 * 1024;

/** As many photos a message as fit; a photo always fits (its parts are bounded). */
export function toMessages(
  photos: readonly DeferredPhoto[],
  parkedBecause: readonly string[],
): readonly string[] {
  const text = textOf(photos, parkedBecause);
  if (photos.length <= 1 || Buffer.byteLength(text) <= maxMessageBytes) return [text];
  const middle = Math.ceil(photos.length / 2);
  return [photos.slice(0, middle), photos.slice(middle)].flatMap((half) =>
    toMessages(half, parkedBecause),
  );
}

function textOf(photos: readonly DeferredPhoto[], parkedBecause: readonly string[]): string {
  const message = { messageVersion: 1, parkedBecause, photos };
  return JSON.stringify(message);
}
