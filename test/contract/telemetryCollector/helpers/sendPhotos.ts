/** Forty photos of a quarter of an hour, sent as an exporter does; the seventh was parked once. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { TelemetryCollector } from '../../../../local/telemetryCollector/startTelemetryCollector.ts';

const photoCount = 40;
const apartMs = 20_000;

export async function sendPhotos(collector: TelemetryCollector, nowMs: number): Promise<void> {
  const photos = Array.from({ length: photoCount }, (_, index) => {
    return photoEnvelopes(index, nowMs - (photoCount - index) * apartMs);
  });
  await post(collector, JSON.stringify(photos.flat()));
}

function photoEnvelopes(index: number, atMs: number): object[] {
  const photo = `photos/part ${index}.jpg`;
  const outcome = index % 9 === 8 ? 'rejected' : 'predicted';
  const tags = { 'ai.operation.id': `operation-${index}` };
  const measurements = {
    pickupMs: 40 + index,
    readMs: 12,
    slotMs: index * 3,
    predictMs: 180 + ((index * 37) % 90),
    recordMs: 9,
    publishMs: 14,
    endToEndMs: 300 + ((index * 53) % 400),
    confidence: 0.5 + ((index * 13) % 50) / 100,
  };
  const properties = { photo, outcome, outcomeKey: `key-${index}`, site: siteOf(index) };
  return [
    envelope(atMs, tags, 'EventData', {
      name: 'photo.settled',
      properties: { ...properties, model: 'parts', ...(outcome === 'rejected' && rejection) },
      measurements,
    }),
    metric(atMs, 'sightglass.prediction.calls', 1, {
      answer: index % 7 === 0 ? 'throttled' : 'predicted',
      lane: 'live',
    }),
    metric(atMs, 'sightglass.quota.headroom', 1 - (index % 20) / 20, { quotaMode: 'shared' }),
    metric(atMs, 'sightglass.quota.rate', 8 + (index % 3), { quotaMode: 'shared' }),
    metric(atMs, 'sightglass.quota.max_rate', 10, {}),
    metric(atMs, 'sightglass.parked.messages', index % 6, {}),
    metric(atMs, 'sightglass.cost', 0.002, { costKind: 'prediction' }),
    metric(atMs, 'sightglass.cost', 0.0003, { costKind: 'storage' }),
    envelope(atMs, tags, 'AvailabilityData', {
      name: 'prediction endpoint',
      duration: '00:00:00.180',
      success: index !== 30,
      message: index === 30 ? 'HTTP 503' : 'as expected',
    }),
    ...(index === 7 ? tries(atMs, tags, properties) : []),
  ];
}

const rejection = { reason: 'TOO_SMALL' };

function siteOf(index: number): string {
  return index % 2 === 0 ? 'plant-north' : 'plant-south';
}

/** One that was throttled and left it waiting, and nine seconds later one that went through. */
function tries(endMs: number, tags: object, properties: object): object[] {
  const span = (fromEndMs: number, name: string, rest: object) =>
    envelope(
      endMs - fromEndMs,
      { ...tags, ...('parent' in rest && parentTag(rest.parent)) },
      'RemoteDependencyData',
      {
        name,
        duration: '00:00:00.300',
        success: true,
        properties: {},
        ...rest,
      },
    );
  const waiting = { ...properties, outcome: 'waiting', failureClass: 'throttled', code: '429' };
  return [
    span(10_000, 'process photo', { id: 'first', properties: waiting }),
    span(9_900, 'POST /predict', { parent: 'first', id: 'a', success: false, resultCode: '429' }),
    span(700, 'process photo', { parent: 'first', id: 'second', properties }),
    span(500, 'POST /predict', { parent: 'second', id: 'b', resultCode: '200' }),
  ];
}

function parentTag(parent: unknown) {
  return { 'ai.operation.parentId': parent };
}

function metric(atMs: number, name: string, value: number, properties: object): object {
  return envelope(atMs, {}, 'MetricData', { metrics: [{ name, value }], properties });
}

function envelope(atMs: number, tags: object, baseType: string, baseData: object): object {
  const time = new Date(atMs).toISOString();
  return {
    name: 'Microsoft.ApplicationInsights',
    time,
    iKey: 'key',
    tags,
    data: { baseType, baseData },
  };
}

function post(collector: TelemetryCollector, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const ca = readFileSync(collector.authorityFile);
    const url = new URL('/v2.1/track', collector.ingestionUrl);
    const call = request(url, { method: 'POST', ca }, (answer) => {
      answer.resume();
      if (answer.statusCode === 200) answer.once('end', resolve);
      else reject(new Error(`answered ${answer.statusCode}`));
    });
    call.on('error', reject);
    call.end(body);
  });
}
