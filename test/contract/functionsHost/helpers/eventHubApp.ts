/** An app with an event hub function per way to bind, each on a hub of its own. */
import { app, type EventHubHandler, type InvocationContext } from '@azure/functions';
import { announce } from './arrival.ts';

app.setup({ capabilities: { IncludeEmptyEntriesInMessagePayload: true } });

/** Fails on a batch whose properties say so. */
const handler: EventHubHandler = (events: unknown, context: InvocationContext) => {
  announce(events, context);
  if (JSON.stringify(context.triggerMetadata).includes('"fails":true')) {
    throw new Error('bad batch');
  }
};

const many = { connection: 'Hubs', cardinality: 'many', handler } as const;
// The library's types don't know `dataType`, the host does.
const binary = { dataType: 'binary' };
const text = { dataType: 'string' };

app.eventHub('onBinary', { ...many, ...binary, eventHubName: 'binary' });
app.eventHub('onText', { ...many, ...text, eventHubName: 'text' });
app.eventHub('onJson', { ...many, eventHubName: 'json' });
app.eventHub('onOne', { connection: 'Hubs', cardinality: 'one', eventHubName: 'one', handler });
app.eventHub('onRetry', {
  ...many,
  ...binary,
  eventHubName: 'retry',
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { milliseconds: 0 } },
});
