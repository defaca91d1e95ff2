/** Bodies of requests, whole or flowing, with the host's bound on their size. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Settings } from '../../settings.ts';

/** Source: Azure Functions HTTP trigger, Limits, 2026-11-24. */
const defaultMaxBodyBytes = 104_857_600;

/** Source: Azure Functions app settings reference, FUNCTIONS_REQUEST_BODY_SIZE_LIMIT, 2026-11-26. */
export function maxBodyBytesOf(settings: Settings): number {
  const text = settings['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT'] ?? '';
  return /^[1-9]\d*$/.test(text) ? Number(text) : defaultMaxBodyBytes;
}

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** What the request says of itself; a body in chunks says nothing. */
export function isSaidTooLarge({ headers }: IncomingMessage, maxBytes: number): boolean {
  return Number(headers['content-length'] ?? 0) > maxBytes;
}

/** The body as it comes. @throws BodyTooLarge from its reader, once it is. */
export async function* flowingBody(
  request: IncomingMessage,
  maxBytes: number,
): AsyncGenerator<Buffer, void, undefined> {
  let byteCount = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    byteCount += bytes.length;
    if (byteCount > maxBytes) throw new BodyTooLarge(`more than ${maxBytes} bytes`);
    yield bytes;
  }
}

/** @returns `undefined` where the body is larger than the host takes. */
export async function readBody(
  request: IncomingMessage,
  maxBytes = defaultMaxBodyBytes,
): Promise<Buffer | undefined> {
  try {
    return Buffer.concat(await Array.fromAsync(flowingBody(request, maxBytes)));
  } catch (error) {
    if (error instanceof BodyTooLarge) return undefined;
    throw error;
  }
}

/** The rest is not read: nothing more can be said on that line. */
export function refuseTooLarge(response: ServerResponse): void {
  response.writeHead(413, { 'content-length': 0, connection: 'close' }).end();
}
