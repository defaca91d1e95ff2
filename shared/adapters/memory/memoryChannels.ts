/** Queue and hub in memory: what was sent stays readable. */
import type { DeferralQueue } from '../../deferral/deferralQueue.ts';
import type { EventPublisher } from '../../results/eventPublisher.ts';
import type { ResultEvent } from '../../results/resultEvent.ts';

export interface SentMessage {
  readonly text: string;
  readonly delayMs: number;
}

export function memoryDeferralQueue(): DeferralQueue & { readonly sent: SentMessage[] } {
  const sent: SentMessage[] = [];
  return {
    sent,
    send: async (text, delayMs) => void sent.push({ text, delayMs }),
    ping: () => Promise.resolve(),
  };
}

export function memoryEventPublisher(): EventPublisher & { readonly published: ResultEvent[] } {
  const published: ResultEvent[] = [];
  return {
    published,
    publish: async (event) => void published.push(event),
    ping: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
