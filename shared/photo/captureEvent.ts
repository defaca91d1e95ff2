/**
 * A camera event: a CloudEvent that points to a stored photo (claim check). Strict, because a field
 * we don't know is a field a sender believes in. URLs are refused anywhere in the data.
 */
import * as z from 'zod';
import type { CaptureContext } from './photo.ts';

const captureEventType = 'io.sightglass.capture.v1';

const label = z.string().trim().min(1).max(128);

export const captureEventSchema = z
  .object({
    specversion: z.literal('1.0'),
    id: z.string().min(1).max(256),
    source: z.string().min(1).max(1024),
    type: z.literal(captureEventType),
    time: z.iso.datetime({ offset: true }).optional(),
    subject: z.string().max(2048).optional(),
    datacontenttype: z.string().max(128).optional(),
    dataschema: z.string().max(1024).optional(),
    traceparent: z.string().max(64).optional(),
    tracestate: z.string().max(512).optional(),
    data: z.strictObject({
      account: z
        .string()
        .max(64)
        .optional()
        .describe('Storage account; the approved one when absent.'),
      container: z.string().min(1).max(63),
      blobName: z.string().max(1024),
      etag: z
        .string()
        .min(1)
        .max(128)
        .optional()
        .describe('The version meant, quoted or not; the present one when absent.'),
      site: label.optional(),
      batch: label.optional(),
      device: label.optional(),
      equipmentClass: label.optional(),
      capturedAt: z.iso.datetime({ offset: true }).optional(),
    }),
  })
  .describe('A camera event that points to a photo in approved storage.');

export type CaptureEvent = z.output<typeof captureEventSchema>;

const urlPattern = /^\s*(?:[a-z][a-z\d+.-]*:)?\/\//i;
const urlKeyPattern = /^(?:.*url|.*uri|dataref|href|link)$/i;

/** Whether the data of an event tries to make us fetch something. */
export function carriesUrl(data: unknown): boolean {
  if (typeof data === 'string') return urlPattern.test(data);
  if (Array.isArray(data)) return data.some(carriesUrl);
  if (typeof data !== 'object' || data === null) return false;
  return Object.entries(data).some(([key, value]) => urlKeyPattern.test(key) || carriesUrl(value));
}

export function contextOf(event: CaptureEvent): CaptureContext {
  const { site, batch, device, equipmentClass } = event.data;
  const capturedAt = event.data.capturedAt ?? event.time;
  return {
    site,
    batch,
    device,
    equipmentClass,
    capturedAt: capturedAt === undefined ? undefined : new Date(capturedAt).toISOString(),
  };
}
