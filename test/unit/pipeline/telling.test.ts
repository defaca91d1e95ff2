import { describe, expect, it } from 'vitest';
import { memoryTelemetry } from '../../../shared/adapters/memory/memoryTelemetry.ts';
import { drainDeferred } from '../../../shared/pipeline/drainDeferred.ts';
import { photoRoot } from '../../../shared/pipeline/inTrace.ts';
import { processBatch } from '../../../shared/pipeline/processBatch.ts';
import { processCaptures } from '../../../shared/pipeline/processCaptures.ts';
import { sweepLedger } from '../../../shared/pipeline/sweepLedger.ts';
import type { PredictionAnswer } from '../../../shared/prediction/predictor.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  ampleBudget,
  failed,
  photoRef,
  pipelineAnswering,
  scratch,
  startMs,
  throttled,
  uploadOf,
} from '../../helpers/pipeline.ts';

const jpeg = await goodPhoto();
const sent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const misconfigured = failed({ class: 'misconfigured', code: 'HTTP_401', detail: 'wrong key' });

/** @param answers - one for each call; the last is repeated. */
function told(...answers: readonly PredictionAnswer[]) {
  const pipeline = pipelineAnswering(...answers);
  const telemetry = memoryTelemetry();
  const deps = { ...pipeline.deps, telemetry };
  pipeline.photos.upload(photoRef, { bytes: jpeg, context: { site: 'store-7' } });
  const count = (name: string) => telemetry.metrics.filter((metric) => metric.name === name);
  const toldEvents = (name: string) => telemetry.events.filter((event) => event.name === name);
  const budget = { ...ampleBudget, startUntilMs: startMs + 24 * 3_600_000 };
  return {
    ...pipeline,
    deps,
    telemetry,
    count,
    events: toldEvents,
    published: pipeline.events.published,
    budget,
  };
}

describe('what operators are told of an outcome', () => {
  it('is one whole event with every measurement, and one count', async () => {
    const { deps, events, count, budget, passTime } = told(scratch);
    passTime(3_000);

    await processBatch(deps, [uploadOf(photoRef, { firstSeenAtMs: startMs + 2_000 })], budget);

    expect(events('photo.settled')).toHaveLength(1);
    const [{ properties, measurements } = { properties: {}, measurements: {} }] =
      events('photo.settled');
    expect(properties).toMatchObject({
      outcome: 'predicted',
      announcedBy: 'maker',
      model: 'parts',
      tag: 'scratch',
      isUncertain: 'false',
      site: 'store-7',
      lane: 'live',
      photo: 'photos/a.jpg',
    });
    expect(measurements).toMatchObject({
      pickupMs: 3_000,
      endToEndMs: 3_000,
      confidence: 0.9,
      deferralCount: 0,
      photoBytes: jpeg.length,
      predictMs: 0,
      recordMs: 0,
      publishMs: 0,
    });
    expect(count('sightglass.photos.settled')).toEqual([
      {
        name: 'sightglass.photos.settled',
        value: 1,
        dimensions: { outcome: 'predicted', model: 'parts', lane: 'live' },
      },
    ]);
  });

  it('says how long it was parked, and still counts from its arrival', async () => {
    const { deps, events, deferrals, budget, passTime } = told(throttled(2_000), scratch);
    await processBatch(deps, [uploadOf(photoRef)], budget);
    passTime(60_000);

    await drainDeferred(deps, JSON.parse(deferrals.sent[0]?.text ?? ''), budget);

    expect(events('photo.settled')[0]?.measurements).toMatchObject({
      deferralCount: 1,
      parkedMs: 60_000,
      endToEndMs: 60_000,
      pickupMs: 0,
    });
    expect(events('photo.settled')[0]?.properties).toMatchObject({ lane: 'drained' });
  });

  it('begins anew for photos that people put to work long after', async () => {
    const { deps, events, budget, passTime } = told(scratch);
    passTime(3_600_000);

    const work = uploadOf(photoRef, { firstSeenAtMs: startMs + 3_600_000, lane: 'backfill' });
    await processBatch(deps, [work], budget);

    expect(events('photo.settled')[0]?.measurements['endToEndMs']).toBe(0);
  });

  it('comes from the sweep where its maker did not live to tell, and is not counted again', async () => {
    const { deps, events, count, budget, passTime } = told(scratch);
    const away = { ...deps.events, publish: () => Promise.reject(new Error('cut off')) };
    await processBatch({ ...deps, events: away }, [uploadOf(photoRef)], budget);
    passTime(200_000);

    await sweepLedger(deps, budget);

    const [event] = events('photo.settled');
    expect(events('photo.settled')).toHaveLength(1);
    expect(event?.properties).toMatchObject({ announcedBy: 'finisher', outcome: 'predicted' });
    expect(count('sightglass.photos.settled')).toEqual([]);
  });
});

describe('what operators are told of calls and waiting', () => {
  it('counts every call by what it came to, and the cost of answers only', async () => {
    const { deps, count, deferrals, budget } = told(throttled(), scratch);
    await processBatch(deps, [uploadOf(photoRef)], budget);
    await drainDeferred(deps, JSON.parse(deferrals.sent[0]?.text ?? ''), budget);

    const answers = count('sightglass.prediction.calls').map(({ dimensions }) => dimensions);
    expect(answers.map(({ answer }) => answer)).toEqual(['throttled', 'predicted']);
    expect(answers[1]).toEqual({ answer: 'predicted', lane: 'drained', model: 'parts' });
    expect(count('sightglass.cost').map(({ value }) => value)).toEqual([0.002]);
  });

  it('tells the 1st, 2nd and 4th parking of a photo, and counts them all', async () => {
    const { deps, events, count, deferrals, budget, passTime } = told(throttled());
    await processBatch(deps, [uploadOf(photoRef)], budget);
    for (let index = 0; index < 4; index += 1) {
      passTime(100_000);
      await drainDeferred(deps, JSON.parse(deferrals.sent[index]?.text ?? ''), budget);
    }

    expect(count('sightglass.photos.parked')).toHaveLength(5);
    const counts = events('photo.parked').map(({ measurements }) => measurements['deferralCount']);
    expect(counts).toEqual([1, 2, 4]);
    expect(events('photo.parked')[0]?.properties).toMatchObject({
      failureClass: 'throttled',
      code: 'HTTP_429',
      photo: 'photos/a.jpg',
    });
  });
});

describe('the trace of a photo', () => {
  it('follows from its name, and goes on through parking into the result', async () => {
    const { deps, telemetry, deferrals, published, budget } = told(throttled(), scratch);
    await processBatch(deps, [uploadOf(photoRef)], budget);
    await drainDeferred(deps, JSON.parse(deferrals.sent[0]?.text ?? ''), budget);

    const [first, second] = telemetry.spans;
    expect(first?.parent).toBe(photoRoot(telemetry, photoRef));
    expect(second?.parent).toBe(first?.traceparent);
    expect(first).toMatchObject({ attributes: { outcome: 'waiting' }, failedWith: undefined });
    expect(second).toMatchObject({ attributes: { outcome: 'predicted' } });
    expect(published.map(({ traceparent }) => traceparent)).toEqual([second?.traceparent]);
  });

  it.each([
    ['its body', { traceparent: sent }, {}],
    ['a property', {}, { Traceparent: sent }],
    ["the property of Azure's SDKs", {}, { 'diagnostic-Id': sent }],
  ])('goes on from what a camera event carries in %s', async (_where, inBody, properties) => {
    const { deps, telemetry, budget } = told(scratch);
    const { container, blobName } = photoRef;
    const event = { specversion: '1.0', id: '1', source: '/cam', type: 'io.sightglass.capture.v1' };
    const body = Buffer.from(
      JSON.stringify({ ...event, ...inBody, data: { container, blobName } }),
    );
    const capture = { body, contentType: undefined, properties, enqueuedAtMs: startMs };

    await processCaptures(deps, [{ ...capture, position: 'captures/0:1' }], budget);

    expect(telemetry.spans.map(({ parent }) => parent)).toEqual([sent]);
  });

  it('counts as failed where the endpoint is misconfigured, not where a photo waits its turn', async () => {
    const { deps, telemetry, budget } = told(misconfigured);

    await processBatch(deps, [uploadOf(photoRef)], budget);

    expect(telemetry.spans[0]).toMatchObject({
      failedWith: 'HTTP_401',
      attributes: { outcome: 'waiting', failureClass: 'misconfigured' },
    });
  });
});
