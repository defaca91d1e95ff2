/** SDK clients that give up fast and are closed after each test, and ways to wait for events. */
import {
  type EventHubClientOptions,
  EventHubConsumerClient,
  EventHubProducerClient,
  type EventPosition,
  earliestEventPosition,
  type ReceivedEventData,
  type SubscribeOptions,
} from '@azure/event-hubs';
import { afterEach } from 'vitest';

export const impatient: EventHubClientOptions = {
  retryOptions: { maxRetries: 1, retryDelayInMs: 20, timeoutInMs: 3000 },
};

export const noRetry: EventHubClientOptions = {
  retryOptions: { maxRetries: 0, timeoutInMs: 3000 },
};

export interface Clients {
  producer(hub?: string, options?: EventHubClientOptions): EventHubProducerClient;
  consumer(group?: string, hub?: string): EventHubConsumerClient;
}

export function clientsOf(connectionString: () => string, hubName = 'photos'): Clients {
  let open: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(client: T): T => {
    open.push(client);
    return client;
  };
  afterEach(async () => {
    await Promise.all(open.map((client) => client.close()));
    open = [];
  });
  return {
    producer: (hub = hubName, options = impatient) =>
      keep(new EventHubProducerClient(connectionString(), hub, options)),
    consumer: (group = 'app', hub = hubName) =>
      keep(new EventHubConsumerClient(group, connectionString(), hub, impatient)),
  };
}

/** Every error inside an error: the SDK nests what several attempts failed with. */
function errorCodes(error: unknown): string[] {
  if (error instanceof AggregateError) return error.errors.flatMap(errorCodes);
  if (error instanceof Error && 'code' in error) return [String(error.code)];
  return [String(error)];
}

export async function failureCodes(work: Promise<unknown>): Promise<string[]> {
  try {
    await work;
  } catch (error) {
    return [...new Set(errorCodes(error))];
  }
  return [];
}

export interface Reading {
  readonly events: ReceivedEventData[];
  /** Resolves once `count` events have come; fails with the error the reader met. */
  received(count: number): Promise<ReceivedEventData[]>;
  /** Resolves with the code of the first error the reader meets. */
  failure(): Promise<string>;
}

export function read(
  consumer: EventHubConsumerClient,
  partitionId: string,
  options: Partial<SubscribeOptions> & { startPosition?: EventPosition } = {},
): Reading {
  const events: ReceivedEventData[] = [];
  const failed = Promise.withResolvers<string>();
  let onEvents = (): void => {};
  consumer.subscribe(
    partitionId,
    {
      processEvents: async (batch) => {
        events.push(...batch);
        onEvents();
      },
      processError: async (error) => failed.resolve(errorCodes(error)[0] ?? ''),
    },
    { startPosition: earliestEventPosition, maxBatchSize: 50, maxWaitTimeInSeconds: 1, ...options },
  );
  return {
    events,
    failure: () => failed.promise,
    async received(count) {
      const enough = Promise.withResolvers<undefined>();
      onEvents = () => {
        if (events.length >= count) enough.resolve(undefined);
      };
      onEvents();
      const code = await Promise.race([enough.promise, failed.promise]);
      if (code !== undefined) throw new Error(`The reader failed: ${code}`);
      return events;
    },
  };
}
