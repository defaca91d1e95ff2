/**
 * An ingestion endpoint that hands on each envelope; it can answer with any status, or not at all.
 * The exporter insists on TLS, and so does this.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { makeCertificate } from '../../local/http/certificate.ts';

export interface IngestionServer {
  readonly port: number;
  /** What clients have to trust. */
  readonly authorityPem: string;
  stop(): Promise<void>;
}

export type Answer = number | 'never';

const track = '/v2.1/track';

/** @param onEnvelope - called for those only that were answered with 200. */
export async function startIngestionServer(
  answerOf: (body: string) => Answer,
  onEnvelope: (envelope: unknown) => void,
): Promise<IngestionServer> {
  const { cert, key, authorityPem } = await makeCertificate('127.0.0.1');
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const answer = request.url === track ? answerOf(body) : 404;
    if (answer === 'never') return;
    if (answer !== 200) return void response.writeHead(answer).end();
    const envelopes = z.array(z.unknown()).parse(JSON.parse(body));
    for (const envelope of envelopes) onEnvelope(envelope);
    const { length } = envelopes;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ itemsReceived: length, itemsAccepted: length, errors: [] }));
  };
  const server = createServer({ cert, key }, (request, response) => {
    serve(request, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    authorityPem,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export function connectionString(key: string, port: number): string {
  const url = `https://127.0.0.1:${port}/`;
  return `InstrumentationKey=${key};IngestionEndpoint=${url};LiveEndpoint=${url}`;
}
