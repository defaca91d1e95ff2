/**
 * The HTTP client under the Custom Vision SDK: keep-alive sockets, a deadline on every call, the
 * photo as raw bytes instead of multipart. The SDK's own client has no deadline and leaks timers.
 */
import { HttpHeaders, type HttpOperationResponse, type WebResourceLike } from '@azure/ms-rest-js';
import { Agent, request } from 'undici';

export interface HttpClient {
  sendRequest(resource: WebResourceLike): Promise<HttpOperationResponse>;
}

export interface HttpClientOptions {
  /** For the whole call, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maxConnectionCount: number;
}

/** A prediction is a few kilobytes; what is larger is no prediction. */
const maxAnswerBytes = 2 * 1024 * 1024;

export function keepAliveHttpClient(options: HttpClientOptions): HttpClient {
  const agent = new Agent({ connections: options.maxConnectionCount, pipelining: 1 });
  return {
    async sendRequest(resource) {
      const deadline = AbortSignal.timeout(options.timeoutMs);
      const response = await request(resource.url, {
        dispatcher: agent,
        method: 'POST',
        headers: headersOf(resource),
        body: bodyOf(resource),
        signal: withDeadline(resource.abortSignal, deadline),
      });
      const bodyAsText = await readText(response.body);
      const headers = new HttpHeaders(singleValues(response.headers));
      return { request: resource, status: response.statusCode, headers, bodyAsText };
    },
  };
}

function withDeadline(signal: unknown, deadline: AbortSignal): AbortSignal {
  return signal instanceof AbortSignal ? AbortSignal.any([signal, deadline]) : deadline;
}

function headersOf(resource: WebResourceLike): Record<string, string> {
  const headers = resource.headers.rawHeaders();
  if (photoOf(resource)) headers['content-type'] = 'application/octet-stream';
  return headers;
}

function bodyOf(resource: WebResourceLike): Buffer | string | null {
  const photo = photoOf(resource);
  if (photo) return photo;
  return typeof resource.body === 'string' ? resource.body : null;
}

/** Where the SDK keeps the photo of an image call. */
function photoOf(resource: WebResourceLike): Buffer | undefined {
  const formData: unknown = resource.formData;
  if (typeof formData !== 'object' || formData === null || !('imageData' in formData)) {
    return undefined;
  }
  return Buffer.isBuffer(formData.imageData) ? formData.imageData : undefined;
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let lengthBytes = 0;
  for await (const chunk of body) {
    lengthBytes += chunk.length;
    if (lengthBytes > maxAnswerBytes) throw new Error(`the answer exceeds ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function singleValues(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')]],
  );
  return Object.fromEntries(entries);
}
