/** The photo inside a call's body: a multipart part with or without a filename, or the raw body. */

import type { Call } from '../../http/call.ts';
import { maxBodyBytes } from '../rules/imageLimits.ts';
import { imagePart, isMultipart } from '../wire/multipart.ts';

export type SentImage =
  | { readonly kind: 'image'; readonly bytes: Buffer }
  | { readonly kind: 'missing' | 'tooLarge' | 'gone' };

export async function sentImage(call: Call): Promise<SentImage> {
  const body = await call.body(maxBodyBytes);
  if (body.kind !== 'bytes') return body;
  const contentType = call.header('content-type') ?? '';
  if (!isMultipart(contentType)) return { kind: 'image', bytes: body.bytes };
  const bytes = imagePart(contentType, body.bytes);
  return bytes ? { kind: 'image', bytes } : { kind: 'missing' };
}
