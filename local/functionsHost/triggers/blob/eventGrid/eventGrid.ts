/**
 * Event Grid, as far as blobs go: takes what happened in storage through each function's subscription
 * to the host's webhook. Troubles ordered through the control interface happen here.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { type BlobEvent, eventBody } from './blobEvent.ts';
import { letsThrough, type Subscription, subscriptionSchema } from './subscription.ts';
import { type Trouble, type TroubleQueue, troubleQueue } from './trouble.ts';
import { type PostToWebhook, type WebhookPostOptions, webhookPost } from './webhookPost.ts';

export interface Subscriber {
  readonly functionName: string;
  /** Of the function's path. */
  readonly container: string;
}

export interface EventGridStats {
  /** Deliveries that the webhook took. */
  readonly deliveredCount: number;
  readonly filteredCount: number;
  readonly droppedCount: number;
}

export interface EventGrid {
  /** Resolves when the event is through: delivered, filtered or dropped. Rejects when stopped. */
  announce(subscriber: Subscriber, event: BlobEvent): Promise<void>;
  /** Past filters and troubles. */
  deliver(subscriber: Subscriber, event: BlobEvent): Promise<void>;
  subscription(): Subscription;
  subscribe(subscription: Subscription): void;
  readonly troubles: Pick<TroubleQueue, 'add' | 'left'>;
  /** No more troubles; what is held is let go. */
  calm(): void;
  stats(): EventGridStats;
  isStopped(): boolean;
  stop(): void;
}

/** A fleet's worth of uploads is not posted all at once. */
const maxPostsAtOnce = 8;

interface Held {
  readonly go: () => void;
  readonly through: Promise<void>;
}

interface State {
  subscription: Subscription;
  readonly stats: { deliveredCount: number; filteredCount: number; droppedCount: number };
  readonly troubles: TroubleQueue;
  readonly held: Held[];
  readonly stopping: AbortController;
}

export function eventGrid(options: Omit<WebhookPostOptions, 'signal'>): EventGrid {
  const state: State = {
    subscription: subscriptionSchema.parse({}),
    stats: { deliveredCount: 0, filteredCount: 0, droppedCount: 0 },
    troubles: troubleQueue(),
    held: [],
    stopping: new AbortController(),
  };
  const limit = pLimit(maxPostsAtOnce);
  const post = webhookPost({ ...options, signal: state.stopping.signal });
  const deliver: EventGrid['deliver'] = ({ functionName }, event) =>
    limit(() => send(state, post, functionName, event));
  return {
    deliver,
    async announce(subscriber, event) {
      const send = async (sent: BlobEvent) => {
        if (letsThrough(state.subscription, subscriber.container, sent)) {
          await deliver(subscriber, sent);
        } else state.stats.filteredCount += 1;
      };
      if (!letsThrough(state.subscription, subscriber.container, event)) return send(event);
      await suffer(state, state.troubles.next(), event, send);
    },
    subscription: () => state.subscription,
    subscribe(subscription) {
      state.subscription = subscription;
    },
    troubles: state.troubles,
    calm() {
      state.troubles.clear();
      letGo(state);
    },
    stats: () => ({ ...state.stats }),
    isStopped: () => state.stopping.signal.aborted,
    stop() {
      state.stopping.abort();
      letGo(state);
    },
  };
}

async function send(
  { subscription: { schema }, stats }: State,
  post: PostToWebhook,
  functionName: string,
  event: BlobEvent,
): Promise<void> {
  await post({ functionName, schema, body: eventBody(event, schema) });
  stats.deliveredCount += 1;
}

async function suffer(
  state: State,
  trouble: Trouble | undefined,
  event: BlobEvent,
  send: (event: BlobEvent) => Promise<void>,
): Promise<void> {
  switch (trouble?.do) {
    case 'drop':
      state.stats.droppedCount += 1;
      return;
    case 'duplicate':
      await send(event);
      break;
    case 'intermediate':
      await send({ ...event, api: 'PutBlob', contentLength: 0 });
      break;
    case 'delay':
      await delay(trouble.delayMs, undefined, { signal: state.stopping.signal });
      break;
    case 'reorder':
      return wait(state, trouble, () => send(event));
    case undefined:
  }
  await send(event);
}

/** The last of the group goes first, then the one before it, each once the other is there. */
async function wait(
  state: State,
  { count, withinMs }: Extract<Trouble, { do: 'reorder' }>,
  deliver: () => Promise<void>,
): Promise<void> {
  const turn = Promise.withResolvers<void>();
  const through = Promise.withResolvers<void>();
  state.held.push({ go: turn.resolve, through: through.promise });
  const timer = setTimeout(() => letGo(state), withinMs);
  if (count === 1) letGo(state);
  await turn.promise;
  clearTimeout(timer);
  await deliver().finally(through.resolve);
}

function letGo({ held }: State): void {
  let before = Promise.resolve();
  for (const { go, through } of held.splice(0).toReversed()) {
    void before.then(go);
    before = through;
  }
}
