/** An ingestion endpoint that hands on each envelope and keeps none; it can answer with any status, or not at all. */
import { z } from 'zod';
import type { Call } from '../../local/http/call.ts';
import type { ServerCertificate } from '../../local/http/certificate.ts';
import { json, type Reply, typed } from '../../local/http/reply.ts';
import { listen } from '../../local/http/server.ts';

export interface IngestionServer {
  readonly port: number;
  stop(): Promise<void>;
}

export type Answer = number | 'never' | WholeAnswer;

interface WholeAnswer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const maxBodyBytes = 64 * 1024 * 1024;

/**
 * @param onEnvelope - called for those only that were answered with 200.
 * @param onLive - with it somebody watches live metrics; called with each text of them.
 */
export async function startIngestionServer(
  certificate: ServerCertificate,
  answerOf: (body: string) => Answer,
  onEnvelope: (envelope: unknown) => void,
  onLive?: (body: string) => void,
): Promise<IngestionServer> {
  const track = (body: string): Reply => {
    const answer = answerOf(body);
    if (answer === 'never') return { kind: 'hang' };
    if (typeof answer === 'object') return json(answer.status, answer.body, answer.headers);
    if (answer !== 200) return json(answer, {});
    const envelopes = z.array(z.unknown()).parse(JSON.parse(body));
    for (const envelope of envelopes) onEnvelope(envelope);
    const { length } = envelopes;
    return json(200, { itemsReceived: length, itemsAccepted: length, errors: [] });
  };
  const serve = async (call: Call): Promise<Reply> => {
    const body = await call.body(maxBodyBytes);
    if (body.kind !== 'bytes') return json(404, {});
    const text = body.bytes.toString('utf8');
    if (onLive && call.path.startsWith('/QuickPulseService.svc/')) {
      onLive(text);
      return { ...typed(200, 'application/json', ''), headers: { 'x-ms-qps-subscribed': 'true' } };
    }
    return call.path === '/v2.1/track' ? track(text) : json(404, {});
  };
  const handle = (call: Call) => serve(call).catch(() => json(400, {}));
  return listen(handle, 0, { certificate });
}

export function connectionString(key: string, port: number): string {
  const url = `https://127.0.0.1:${port}/`;
  return `InstrumentationKey=${key};IngestionEndpoint=${url};LiveEndpoint=${url}`;
}
