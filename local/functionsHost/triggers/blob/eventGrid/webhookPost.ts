/** One delivery to the host's webhook, tried again as Event Grid does, only sooner. */
import { setTimeout as delay } from 'node:timers/promises';
import { functionIdOf } from '../blobMessage.ts';
import type { EventSchema } from './blobEvent.ts';

export interface WebhookPostOptions {
  /** Of the host. */
  readonly hostUrl: string;
  /** `undefined` where the host asks for none. */
  readonly key: () => Promise<string | undefined>;
  readonly signal: AbortSignal;
  readonly onError: (message: string) => void;
}

export interface Delivery {
  readonly functionName: string;
  readonly schema: EventSchema;
  readonly body: unknown;
}

/** Resolves when the event is taken, or given up where trying again is no use. */
export type PostToWebhook = (delivery: Delivery) => Promise<void>;

const contentTypes = {
  eventGrid: 'application/json; charset=utf-8',
  cloudEvents: 'application/cloudevents+json; charset=utf-8',
};
// Source: Event Grid message delivery and retry, 2026-11-25. There the waits start at 10 s.
const finalStatuses = [400, 401, 403, 413];
const retryAfterMs = [200, 1_000];
const longestRetryMs = 5_000;

export function webhookPost({ hostUrl, key, signal, onError }: WebhookPostOptions): PostToWebhook {
  async function attempt(url: URL, { schema, body }: Delivery): Promise<number> {
    const headers = { 'aeg-event-type': 'Notification', 'content-type': contentTypes[schema] };
    const content = JSON.stringify(body);
    const response = await fetch(url, { method: 'POST', headers, body: content, signal });
    await response.body?.cancel();
    return response.status;
  }

  async function status(delivery: Delivery): Promise<number | undefined> {
    try {
      const url = new URL('/runtime/webhooks/blobs', hostUrl);
      url.searchParams.set('functionName', functionIdOf(delivery.functionName));
      const code = await key();
      if (code !== undefined) url.searchParams.set('code', code);
      return await attempt(url, delivery);
    } catch (error) {
      if (signal.aborted) throw error;
      return undefined;
    }
  }

  return async (delivery) => {
    for (let attemptCount = 0; ; attemptCount += 1) {
      const answered = await status(delivery);
      if (answered !== undefined && answered < 300) return;
      const what = `the webhook of ${delivery.functionName} answered ${answered ?? 'nothing'}`;
      onError(what);
      if (answered !== undefined && finalStatuses.includes(answered)) return;
      const waitMs = retryAfterMs[attemptCount] ?? longestRetryMs;
      await delay(waitMs, undefined, { signal });
    }
  };
}
