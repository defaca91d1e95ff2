import { describe, expect, it } from 'vitest';
import { parseHostJson } from '../../../local/functionsHost/hostJson.ts';
import { timeSpanText } from '../../../local/functionsHost/hostJsonValues.ts';

function parsed(hostJson: unknown, settings: Record<string, string> = {}) {
  const unknown: string[] = [];
  const value = parseHostJson(hostJson, settings, (path) => unknown.push(path));
  return { value, unknown };
}

function startingAt(initialOffsetOptions: object) {
  return { extensions: { eventHubs: { initialOffsetOptions } } };
}

describe('host.json and settings', () => {
  it('lets a setting override a value, as text', () => {
    const { value } = parsed(
      { extensions: { queues: { batchSize: 8 } } },
      {
        AzureFunctionsJobHost__extensions__queues__batchSize: '4',
        AzureFunctionsJobHost__extensions__eventHubs__enableCheckpointing: 'False',
        AzureFunctionsJobHost__functions__0: 'only',
        AzureFunctionsJobHost__logging__logLevel__Function: 'Debug',
        // Case-exact, as on Linux.
        azurefunctionsjobhost__extensions__queues__maxDequeueCount: '9',
      },
    );

    expect(value.extensions.queues).toMatchObject({ batchSize: 4, maxDequeueCount: 5 });
    expect(value.extensions.eventHubs.enableCheckpointing).toBe(false);
    expect(value.functions).toStrictEqual(['only']);
    expect(value.logging.logLevel).toStrictEqual({ Function: 'debug' });
  });

  it('reads keys whatever their capitals', () => {
    const { value, unknown } = parsed({ Extensions: { EventHubs: { MaxEventBatchSize: 7 } } });

    expect(value.extensions.eventHubs.maxEventBatchSize).toBe(7);
    expect(unknown).toStrictEqual([]);
  });

  it('has the smaller event batches of the older host where nothing else is said', () => {
    const sizeOf = (hostJson: object) =>
      parseHostJson(hostJson, {}, () => {}, 'older').extensions.eventHubs.maxEventBatchSize;

    expect(sizeOf({})).toBe(10);
    expect(sizeOf({ extensions: { eventHubs: { maxEventBatchSize: 50 } } })).toBe(50);
    expect(parsed({}).value.extensions.eventHubs.maxEventBatchSize).toBe(100);
  });

  it('names keys that mean nothing to the host and goes on', () => {
    const { unknown } = parsed({
      version: '2.0',
      functionTimeOut: '00:01:00',
      functiontimout: '00:01:00',
      extensionBundle: {},
      telemetryMode: 'OpenTelemetry',
      logging: { applicationInsights: {} },
      extensions: {
        serviceBus: {},
        http: { hsts: {}, dynamicThrottlesEnabled: true },
        eventHubs: { batchSize: 3 },
      },
      singleton: { lockAcquisitionTimeout: '-1' },
    });

    expect(unknown).toStrictEqual(['functiontimout', 'extensions.eventHubs.batchSize']);
  });

  it.each([
    [{ extensions: { eventHubs: { maxEventBatchSize: 0 } } }, 'maxEventBatchSize'],
    [{ extensions: { eventHubs: { maxEventBatchSize: 'many' } } }, 'maxEventBatchSize'],
    [{ extensions: { eventHubs: { minEventBatchSize: 101 } } }, 'larger than maxEventBatchSize'],
    [{ extensions: { eventHubs: { maxWaitTime: '00:10:01' } } }, 'longer than 00:10:00'],
    [
      startingAt({ type: 'fromEnqueuedTime', enqueuedTimeUtc: 'yesterday' }),
      '"yesterday" is no time',
    ],
    [startingAt({ type: 'fromStart', enqueuedTimeUtc: '2026-13-01T00:00:00Z' }), 'is no time'],
    [startingAt({ type: 'fromEnqueuedTime' }), 'needs an enqueuedTimeUtc'],
    [startingAt({ type: 'fromNow' }), 'initialOffsetOptions.type'],
    [{ extensions: { eventHubs: { batchCheckpointFrequency: 0 } } }, 'batchCheckpointFrequency'],
    [{ extensions: { eventHubs: { prefetchCount: -1 } } }, 'prefetchCount'],
    [{ extensions: { eventHubs: { transportType: 'http' } } }, 'transportType'],
    [
      { extensions: { eventHubs: { clientRetryOptions: { maximumRetries: 101 } } } },
      'maximumRetries',
    ],
    [
      { extensions: { eventHubs: { clientRetryOptions: { delay: '00:05:01' } } } },
      '1 ms to 00:05:00',
    ],
    [{ extensions: { queues: { batchSize: 33 } } }, 'batchSize'],
    [{ singleton: { listenerLockPeriod: '00:00:14' } }, '00:00:15 to 00:01:00'],
    [{ functionTimeout: 300 }, 'functionTimeout'],
    [{ version: '1.0' }, 'version'],
  ])('refuses %j and says why', (hostJson, reason) => {
    expect(() => parsed(hostJson)).toThrow(reason);
  });

  it('takes names whatever their capitals, and times without a zone as UTC', () => {
    const { value, unknown } = parsed({
      extensions: {
        eventHubs: {
          transportType: 'AmqpWebSockets',
          prefetchCount: 0,
          initialOffsetOptions: {
            type: 'FromEnqueuedTime',
            enqueuedTimeUtc: '2026-11-23T10:00:00',
          },
          clientRetryOptions: { mode: 'Fixed', delay: '00:00:02', maximumDelay: '00:00:10' },
        },
        queues: { messageEncoding: 'None' },
      },
    });

    expect(unknown).toStrictEqual([]);
    expect(value.extensions.eventHubs).toMatchObject({
      transportType: 'amqpWebSockets',
      prefetchCount: 0,
      initialOffsetOptions: {
        type: 'fromEnqueuedTime',
        enqueuedTimeUtc: Date.parse('2026-11-23T10:00:00Z'),
      },
      clientRetryOptions: { mode: 'fixed', delay: 2_000, maximumDelay: 10_000, maximumRetries: 3 },
    });
    expect(value.extensions.queues.messageEncoding).toBe('none');
  });

  it.each([
    [1_000, '00:00:01'],
    [90_000_500, '1.01:00:00.5000000'],
  ])('writes %s ms as %s', (durationMs, text) => {
    expect(timeSpanText(durationMs)).toBe(text);
  });
});
