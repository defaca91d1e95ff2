/**
 * What a camera event says, decided without any I/O: a pointer to a photo, a photo itself, or a
 * reason to turn it away. An event is never fetched from, whatever it carries.
 */
import { captureContextOf } from './captureContext.ts';
import { type CaptureEvent, captureEventSchema, carriesUrl, contextOf } from './captureEvent.ts';
import { formatOf } from './format.ts';
import { type CaptureContext, normalizeEtag, type PhotoRef } from './photo.ts';

/** A camera event as the hub delivered it. */
export interface ReceivedCapture {
  readonly body: Buffer;
  readonly contentType: string | undefined;
  /** Application properties, keys of any case. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly enqueuedAtMs: number;
  /** `hub/partition:sequenceNumber`: unique, and the same when delivered again. */
  readonly position: string;
}

/** Where photos may lie that an event points to. */
export interface ApprovedStorage {
  readonly account: string;
  readonly containers: readonly string[];
}

export type CaptureRejection =
  | 'event-empty'
  | 'event-not-json'
  | 'event-schema'
  | 'event-carries-url'
  | 'event-account-not-approved'
  | 'event-container-not-approved'
  | 'event-inline-too-large';

export type ReadCapture =
  | {
      readonly kind: 'pointer';
      readonly photo: PhotoRef & { readonly etag?: string };
      readonly eventId: string;
      readonly context: CaptureContext;
      /** What the event itself says of the trace it is in. */
      readonly traceparent: string | undefined;
    }
  | { readonly kind: 'inline'; readonly contentType: string; readonly context: CaptureContext }
  | {
      readonly kind: 'rejected';
      readonly reason: CaptureRejection;
      readonly message: string;
      readonly context: CaptureContext;
    };

const maxInlineBytes = 256 * 1024;

export function readCapture(capture: ReceivedCapture, approved: ApprovedStorage): ReadCapture {
  const { body, contentType } = capture;
  const context = captureContextOf(capture.properties);
  if (body.length === 0) return reject('event-empty', 'The event has no body.', context);
  if (isInlinePhoto(body, contentType)) {
    return body.length > maxInlineBytes
      ? reject('event-inline-too-large', `${body.length} bytes inline.`, context)
      : { kind: 'inline', contentType: contentType ?? `image/${formatOf(body)}`, context };
  }
  const value = parseJson(body);
  if (value === undefined) return reject('event-not-json', 'The body is not JSON.', context);
  if (value === null) return reject('event-empty', 'The body is null.', context);
  return readPointer(value, approved, context);
}

function readPointer(
  value: unknown,
  approved: ApprovedStorage,
  context: CaptureContext,
): ReadCapture {
  if (carriesUrl(fetchableParts(value))) {
    return reject('event-carries-url', 'The event names a URL.', context);
  }
  const parsed = captureEventSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
    return reject('event-schema', problems.join('; ').slice(0, 500), context);
  }
  return approvedPointer(parsed.data, approved);
}

/** `source` and `dataschema` of a CloudEvent may be URIs; its data and `dataref` are for fetching. */
function fetchableParts(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('data' in value)) return value;
  return 'dataref' in value ? { data: value.data, dataref: value.dataref } : value.data;
}

function approvedPointer(event: CaptureEvent, approved: ApprovedStorage): ReadCapture {
  const { account = approved.account, container, blobName, etag } = event.data;
  const context = contextOf(event);
  if (account !== approved.account) {
    return reject('event-account-not-approved', 'The event names another account.', context);
  }
  if (!approved.containers.includes(container)) {
    return reject('event-container-not-approved', 'The event names another container.', context);
  }
  const version = etag === undefined ? {} : { etag: normalizeEtag(etag) };
  return {
    kind: 'pointer',
    photo: { account, container, blobName, ...version },
    eventId: event.id,
    context,
    traceparent: event.traceparent,
  };
}

/** The signature counts more than the declared type: many senders declare nothing. */
function isInlinePhoto(body: Buffer, contentType: string | undefined): boolean {
  if (contentType?.toLowerCase().startsWith('image/')) return true;
  const format = formatOf(body);
  return !['unknown', 'json', 'html', 'svg'].includes(format);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function reject(reason: CaptureRejection, message: string, context: CaptureContext): ReadCapture {
  return { kind: 'rejected', reason, message, context };
}
