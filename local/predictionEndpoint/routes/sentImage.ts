/**
 * The photo of a call: in its body as a multipart part with or without a filename, as the raw body,
 * or behind an address on this machine.
 */

import { z } from 'zod';
import type { Call } from '../../http/call.ts';
import { fetchedImage } from '../wire/fetchedImage.ts';
import { imagePart, isMultipart } from '../wire/multipart.ts';

export type SentImage =
  | { readonly kind: 'image'; readonly bytes: Buffer }
  | { readonly kind: 'missing' | 'tooLarge' | 'badUrl' | 'gone' };

/** What the cloud and the container read differently. */
export interface BodyRules {
  readonly maxBodyBytes: number;
  /** A multipart part without a filename is text to the container's web framework. */
  readonly isFileOnly: boolean;
  /** Of `{"url": …}`. The portal's own instructions write `Url`. */
  readonly isAnyCase: boolean;
  readonly urlTimeoutMs: number;
}

export async function sentImage(call: Call, rules: BodyRules): Promise<SentImage> {
  const body = await call.body(rules.maxBodyBytes);
  if (body.kind !== 'bytes') return body;
  const contentType = call.header('content-type') ?? '';
  if (!isMultipart(contentType)) return { kind: 'image', bytes: body.bytes };
  const bytes = imagePart(contentType, body.bytes, rules.isFileOnly);
  return bytes ? { kind: 'image', bytes } : { kind: 'missing' };
}

const maxAddressBytes = 16 * 1024;

const imageUrlSchema = z.object({ url: z.string() });
const anyCaseSchema = z
  .record(z.string(), z.unknown())
  .transform((fields) =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.toLowerCase(), value])),
  )
  .pipe(imageUrlSchema);

/** Fetches from this machine only: a stand-in must not become a way to the network behind it. */
export async function imageBehindUrl(call: Call, rules: BodyRules): Promise<SentImage> {
  const body = await call.body(maxAddressBytes);
  if (body.kind === 'gone') return body;
  if (body.kind === 'tooLarge') return { kind: 'badUrl' };
  const schema = rules.isAnyCase ? anyCaseSchema : imageUrlSchema;
  const sent = schema.safeParse(parsed(body.bytes.toString('utf8')));
  if (!sent.success) return { kind: 'badUrl' };
  return fetchedImage(sent.data.url, rules.urlTimeoutMs, call.signal);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: the schema says so.
    return undefined;
  }
}
