/**
 * `POST /runtime/webhooks/blobs?functionName=Host.Functions.<name>`: where Event Grid delivers. Every
 * event goes onto the internal queue, whomever it names; only a malformed one is refused.
 */
import { z } from 'zod';
import type { Webhook, WebhookAnswer } from '../http/webhooks.ts';
import { encodeBlobMessage } from './blobMessage.ts';

const eventSchema = z.object({
  data: z.object({ url: z.string(), blobType: z.string(), eTag: z.string().default('') }),
});

const validationSchema = z.object({ validationCode: z.string() });
const gridHandshakeSchema = z.array(z.object({ data: validationSchema })).min(1);
/** CloudEvents carry the data as text. */
const cloudHandshakeSchema = z.object({ data: z.union([z.string(), validationSchema]) });

/** @param send - puts a message onto the internal queue. */
export function blobWebhook(send: (text: string) => Promise<void>): Webhook {
  return async ({ method, query, header, body }) => {
    if (method === 'OPTIONS') return cloudHandshake(header('webhook-request-origin'));
    switch (header('aeg-event-type')?.toLowerCase() ?? '') {
      case 'subscriptionvalidation':
        return handshake(body);
      case 'notification': {
        const events = readEvents(body);
        for (const event of events) await send(messageOf(event, query.get('functionName')));
        return { status: 202 };
      }
      case 'unsubscribe':
        return { status: 202 };
      default:
        return { status: 400 };
    }
  };
}

/** CloudEvents' own handshake: who may send here. */
function cloudHandshake(origin: string | undefined): WebhookAnswer {
  if (origin === undefined) return { status: 400 };
  return { status: 200, headers: { 'webhook-allowed-origin': origin } };
}

/** @throws Error where the body is none. */
function handshake(body: string): WebhookAnswer {
  const text = JSON.stringify({ validationResponse: validationCode(JSON.parse(body)) });
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text };
}

function validationCode(value: unknown): string {
  const grid = gridHandshakeSchema.safeParse(value);
  if (grid.success && grid.data[0]) return grid.data[0].data.validationCode;
  const { data } = cloudHandshakeSchema.parse(value);
  return validationSchema.parse(typeof data === 'string' ? JSON.parse(data) : data).validationCode;
}

type BlobEvent = z.output<typeof eventSchema>;

/** @throws Error where one is malformed. */
function readEvents(body: string): BlobEvent[] {
  const value: unknown = JSON.parse(body);
  return z.array(eventSchema).parse(Array.isArray(value) ? value : [value]);
}

function messageOf({ data }: BlobEvent, functionId: string | null): string {
  const { container, blobName } = blobOf(data.url);
  return encodeBlobMessage({
    FunctionId: functionId,
    BlobType: data.blobType,
    ContainerName: container,
    BlobName: blobName,
    ETag: `"${data.eTag}"`,
  });
}

/** Emulators have the account in the path, the service has it in the host name. */
function blobOf(text: string): { readonly container: string; readonly blobName: string } {
  const url = new URL(text);
  const parts = url.pathname.split('/').slice(1);
  const isPathStyle = /^(?:localhost|[\d.]+|\[.*\])$/.test(url.hostname);
  const [container = '', ...rest] = isPathStyle ? parts.slice(1) : parts;
  return { container, blobName: decodeURIComponent(rest.join('/')) };
}
