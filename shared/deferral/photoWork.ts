/** A photo to work on, now or later: what a claim holds and what a parked message carries. */
import * as z from 'zod';
import type { WantedPhoto } from '../photo/photo.ts';
import type { Source } from '../results/outcome.ts';

export interface PhotoWork {
  readonly photo: WantedPhoto;
  readonly source: Source;
  readonly firstSeenAtMs: number;
  /** Times it has been parked. */
  readonly deferralCount: number;
  /** Tries that were answered with something unusable; one more is allowed. */
  readonly badAnswerCount: number;
  /** Failures of the endpoint about this very photo; absent: none. */
  readonly ownFailureCount?: number | undefined;
  /** Times a process ended while at work on it; absent: none. */
  readonly crashCount?: number | undefined;
  /** Absent: never. A replay makes an outcome of its own, beside the dead one. */
  readonly replayCount?: number | undefined;
  /** Whose share of the quota it takes; absent: by how it came. */
  readonly lane?: string | undefined;
  /** When the first try at it began; absent: none has. */
  readonly pickedUpAtMs?: number | undefined;
  /** W3C trace context of the try before, or of the sender; absent: it follows from the photo. */
  readonly traceparent?: string | undefined;
}

const contextSchema = z.looseObject({
  site: z.string().optional(),
  batch: z.string().optional(),
  device: z.string().optional(),
  equipmentClass: z.string().optional(),
  capturedAt: z.string().optional(),
});

/** Unknown fields are kept: an older version of the app may hand on what a newer one wrote. */
export const photoWorkSchema = z.looseObject({
  photo: z.looseObject({
    account: z.string(),
    container: z.string(),
    blobName: z.string(),
    etag: z.string().optional(),
    lastModifiedAtMs: z.number().optional(),
  }),
  source: z.looseObject({
    trigger: z.enum(['upload', 'capture', 'unknown']),
    eventId: z.string().optional(),
    context: contextSchema,
  }),
  firstSeenAtMs: z.number(),
  deferralCount: z.number().int().min(0),
  badAnswerCount: z.number().int().min(0),
  ownFailureCount: z.number().int().min(0).optional(),
  crashCount: z.number().int().min(0).optional(),
  replayCount: z.number().int().min(0).optional(),
  lane: z.string().optional(),
  pickedUpAtMs: z.number().optional(),
  traceparent: z.string().optional(),
});
