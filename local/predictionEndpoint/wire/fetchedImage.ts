/** A photo from an address on this machine, bounded in size and time, without redirects. */
import { maxImageBytes } from '../rules/imageLimits.ts';

export type FetchedImage =
  | { readonly kind: 'image'; readonly bytes: Buffer }
  | { readonly kind: 'tooLarge' | 'badUrl' };

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

export async function fetchedImage(
  address: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<FetchedImage> {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol) || !loopbackNames.has(url.hostname)) {
    return { kind: 'badUrl' };
  }
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    if (response.ok && response.body) return await bounded(response.body);
    await response.body?.cancel();
    return { kind: 'badUrl' };
  } catch {
    // Refused, cut off or too slow: to the caller they are all the same.
    return { kind: 'badUrl' };
  }
}

async function bounded(body: AsyncIterable<Uint8Array>): Promise<FetchedImage> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxImageBytes) return { kind: 'tooLarge' };
    chunks.push(chunk);
  }
  return { kind: 'image', bytes: Buffer.concat(chunks) };
}
