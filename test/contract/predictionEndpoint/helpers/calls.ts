/** Plain HTTP calls of the endpoint, as a client without the SDK makes them. */
import type { PredictionEndpoint } from '../../../../local/predictionEndpoint/startPredictionEndpoint.ts';

export type Target = Pick<PredictionEndpoint, 'endpoint' | 'key' | 'projectId' | 'publishedName'>;

export interface CallOptions {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly version?: string;
}

export function cloudPath(target: Target, tail = 'image/nostore', version = 'v3.1'): string {
  const { projectId, publishedName } = target;
  const name = encodeURIComponent(publishedName);
  return `/customvision/${version}/prediction/${projectId}/classify/iterations/${name}/${tail}`;
}

/** Raw bytes, with the key. */
export function postImage(
  target: Target,
  bytes: Uint8Array,
  { path = cloudPath(target), headers = {} }: CallOptions = {},
): Promise<Response> {
  return fetch(target.endpoint + path, {
    method: 'POST',
    headers: {
      'prediction-key': target.key,
      'content-type': 'application/octet-stream',
      ...headers,
    },
    body: Buffer.from(bytes),
  });
}

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

export async function answered(call: Promise<Response>): Promise<Answered> {
  const response = await call;
  return { status: response.status, body: JSON.parse(await response.text()) };
}

/** `POST`s or `PUT`s JSON to a control path. */
export function command(target: Target, method: string, path: string, body?: unknown) {
  return answered(
    fetch(target.endpoint + path, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    }),
  );
}

/** A hand-written multipart body: no library writes a part without a filename as bytes. */
export function multipartBody(head: string, content: Buffer): Buffer {
  const before = `--frontier\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n`;
  const photoHead = `--frontier\r\n${head}\r\nContent-Type: application/octet-stream\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(before + photoHead),
    content,
    Buffer.from('\r\n--frontier--\r\n'),
  ]);
}

export const multipartHeaders = { 'content-type': 'multipart/form-data; boundary=frontier' };
