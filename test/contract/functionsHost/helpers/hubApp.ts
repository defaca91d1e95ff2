/** An app whose event hub functions die, linger and fail as the events tell them. */
import { setTimeout as delay } from 'node:timers/promises';
import { app, type EventHubHandler, type InvocationContext } from '@azure/functions';
import { announce } from './arrival.ts';

const handler: EventHubHandler = async (events: unknown, context: InvocationContext) => {
  announce(events, context);
  const text = JSON.stringify(context.triggerMetadata);
  const isFirst = (context.retryContext?.retryCount ?? 0) === 0;
  if (text.includes('"does":"dies"') && isFirst) process.exit(3);
  if (text.includes('"does":"lingers"')) await delay(1_500);
  if (text.includes('"does":"hangs"') && isFirst) await delay(600_000);
  if (text.includes('"does":"fails"')) throw new Error('as told');
};

const many = { connection: 'Hubs', cardinality: 'many', handler } as const;
// The library's types don't know `dataType`, the host does.
const binary = { dataType: 'binary' };
const text = { dataType: 'string' };

app.eventHub('onShared', { ...many, ...binary, eventHubName: 'shared' });
app.eventHub('onPlain', { ...many, ...binary, eventHubName: 'plain' });
app.eventHub('onLong', { ...many, ...binary, eventHubName: 'long' });
app.eventHub('onText', { ...many, ...text, eventHubName: 'text' });
app.eventHub('onJson', { ...many, eventHubName: 'json' });
app.eventHub('onRetry', {
  ...many,
  ...binary,
  eventHubName: 'retry',
  retry: { strategy: 'fixedDelay', maxRetryCount: 20, delayInterval: { milliseconds: 499 } },
});
