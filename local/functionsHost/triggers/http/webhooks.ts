/** `/runtime/webhooks/<extension>`: what outside services call, each with the extension's own key. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { urlOf, writeEmpty } from './httpData.ts';
import { readBody } from './requestBody.ts';
import { isAllowed, type Site } from './site.ts';

export interface WebhookCall {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What it throws is answered 500. */
export type Webhook = (call: WebhookCall) => Promise<WebhookAnswer>;

export async function answerWebhook(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams: query } = urlOf(request);
  const [, , , extension = ''] = pathname.toLowerCase().split('/');
  const webhook = site.context.doors.webhooks.get(extension);
  if (!webhook) return writeEmpty(response, 404);
  if (!(await isAllowed(site, { level: 'webhook' }, request))) return writeEmpty(response, 401);
  const body = await readBody(request);
  if (!body) return writeEmpty(response, 413);
  const {
    status,
    headers,
    body: text = '',
  } = await webhook({
    method: request.method ?? 'GET',
    query,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    body: body.toString('utf8'),
  });
  response.writeHead(status, { 'content-length': Buffer.byteLength(text), ...headers }).end(text);
}
