import { describe, expect, it } from 'vitest';
import { sdkCall, told } from '../../../shared/adapters/appInsights/azureSdkCalls.ts';

const request = (method: string, url: string) =>
  sdkCall(`HTTP ${method}`, {
    spanAttributes: { 'http.method': method, 'http.url': url, 'http.user_agent': 'agent/1' },
  });

describe('a request of an SDK', () => {
  it('is named by its method and container, and has its host for a target', () => {
    const url = 'https://photos.blob.core.windows.net/inflight/a/b.json?sv=1&sig=REDACTED';

    expect(request('PUT', url)).toEqual({
      name: 'PUT inflight',
      attributes: {
        'http.request.method': 'PUT',
        'url.scheme': 'https',
        'server.address': 'photos.blob.core.windows.net',
        'url.path': '/inflight/a/b.json',
      },
    });
  });

  it.each(['127.0.0.1', 'localhost', '[::1]'])(
    'has the account in front at an emulator: %s',
    (host) => {
      expect(request('GET', `http://${host}:10000/devstoreaccount1/photos/a.jpg`)).toMatchObject({
        name: 'GET photos',
        attributes: { 'server.port': 10_000, 'url.path': '/devstoreaccount1/photos/a.jpg' },
      });
    },
  );

  it('is told by its method alone where its address is none', () => {
    expect(request('GET', 'nowhere')).toEqual({
      name: 'GET',
      attributes: { 'http.request.method': 'GET' },
    });
  });

  it.each([
    'https://a.blob.core.windows.net/quota/parts.json',
    'https://eu.in.applicationinsights.azure.com/v2.1/track',
  ])('is not told where it is about slots or telemetry: %s', (url) => {
    expect(request('PUT', url)).toBeUndefined();
  });
});

it('is told of a photo in a folder that is named as the container of slots', () => {
  expect(request('GET', 'https://a.blob.core.windows.net/photos/quota/a.jpg')?.name).toBe(
    'GET photos',
  );
});

describe('a call to a hub', () => {
  it('keeps its name, and has its hub where the exporter looks for it', () => {
    const spanAttributes = {
      'messaging.system': 'eventhubs',
      'messaging.destination.name': 'predictions',
      'net.peer.name': 'ns.servicebus.windows.net',
      'az.namespace': '',
    };

    expect(sdkCall('EventHubProducerClient.sendBatch', { spanAttributes })).toEqual({
      name: 'EventHubProducerClient.sendBatch',
      attributes: {
        'messaging.system': 'eventhubs',
        'message_bus.destination': 'predictions',
        'net.peer.name': 'ns.servicebus.windows.net',
      },
    });
  });

  it('is told once for a batch, not for each event that is packed', () => {
    expect(sdkCall('message', {})).toBeUndefined();
  });
});

it('tells the status by its name of today, and nothing that is no text, number or truth', () => {
  const given = { 'http.status_code': 429, requestId: 'made up', nothing: undefined, list: [1] };

  expect(told({ ...given, isFirst: true })).toEqual({
    'http.response.status_code': 429,
    isFirst: true,
  });
});
