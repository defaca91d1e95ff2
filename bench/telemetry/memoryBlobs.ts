/**
 * As much of Blob storage as a photo needs, from memory and at once: it is the app that is measured,
 * and the emulator takes longer for a photo than the app does. With TLS, as the service has it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { ServerCertificate } from '../../local/http/certificate.ts';

interface Blob {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MemoryBlobs {
  readonly connectionString: string;
  clear(): void;
}

const account = 'devstoreaccount1';
/** Whatever is signed with it is believed. */
const accountKey = Buffer.from('bench').toString('base64');

export async function startMemoryBlobs({ cert, key }: ServerCertificate): Promise<MemoryBlobs> {
  const blobs = new Map<string, Blob>();
  let writtenCount = 0;
  const nextEtag = () => {
    writtenCount += 1;
    return `"0x${writtenCount.toString(16).padStart(15, '0')}"`;
  };
  const server = createServer(
    { cert, key },
    (request, response) => void serve(blobs, nextEtag, request, response),
  );
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `https://127.0.0.1:${port}/${account}`;
  const parts = [
    'DefaultEndpointsProtocol=https',
    `AccountName=${account}`,
    `AccountKey=${accountKey}`,
  ];
  return {
    connectionString: [...parts, `BlobEndpoint=${url}`, `QueueEndpoint=${url}`].join(';'),
    clear: () => blobs.clear(),
  };
}

async function serve(
  blobs: Map<string, Blob>,
  nextEtag: () => string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?');
  const bytes = await buffer(request);
  const found = blobs.get(path);
  const refused = refusalOf(request, found);
  if (refused) {
    response.writeHead(refused.httpStatus, { 'x-ms-error-code': refused.code }).end();
  } else if (request.method === 'PUT') {
    // A container as well: nobody asks for its contents here.
    const kept = { bytes, headers: headersOf(request, bytes, nextEtag()) };
    blobs.set(path, kept);
    response.writeHead(201, { etag: kept.headers['etag'], 'last-modified': nowText() }).end();
  } else if (request.method === 'DELETE') {
    blobs.delete(path);
    response.writeHead(202).end();
  } else {
    response.writeHead(200, found?.headers);
    response.end(request.method === 'HEAD' ? undefined : found?.bytes);
  }
}

function refusalOf({ method, headers }: IncomingMessage, found: Blob | undefined) {
  if (found && headers['if-none-match'] === '*') {
    return { httpStatus: 409, code: 'BlobAlreadyExists' };
  }
  if (method !== 'PUT' && !found) return { httpStatus: 404, code: 'BlobNotFound' };
  const wanted = headers['if-match'];
  if (wanted === undefined || wanted === '*' || wanted === found?.headers['etag']) return undefined;
  return { httpStatus: 412, code: 'ConditionNotMet' };
}

function headersOf(request: IncomingMessage, bytes: Buffer, etag: string): Record<string, string> {
  const metadata = Object.entries(request.headers).filter(([name]) =>
    name.startsWith('x-ms-meta-'),
  );
  return {
    etag,
    'last-modified': nowText(),
    'content-length': `${bytes.length}`,
    'content-type': String(request.headers['x-ms-blob-content-type'] ?? 'application/octet-stream'),
    'x-ms-blob-type': 'BlockBlob',
    ...Object.fromEntries(metadata.map(([name, value]) => [name, String(value)])),
  };
}

function nowText(): string {
  return new Date().toUTCString();
}
