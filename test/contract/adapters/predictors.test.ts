/** Every predictor behaves the same towards the pipeline, over the wire and with the real SDK. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { customVisionPredictor } from '../../../shared/adapters/customVision/predictor.ts';
import { exportedModelPredictor } from '../../../shared/adapters/exportedModel/predictor.ts';
import type { Predictor } from '../../../shared/prediction/predictor.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';

const jpeg = await goodPhoto();
const never = new AbortController().signal;
let endpoint: PredictionEndpoint;

beforeAll(async () => {
  endpoint = await startPredictionEndpoint({ scoring: 'fixed' });
});
afterAll(() => endpoint.stop());
beforeEach(() => {
  endpoint.control.faults.clear();
  endpoint.control.setQuota(undefined);
});

function optionsOf(timeoutMs: number) {
  const { projectId, publishedName, projectType } = endpoint;
  return {
    endpoint: endpoint.endpoint,
    projectId,
    publishedName,
    projectType,
    timeoutMs,
    maxConnectionCount: 4,
    expectedTags: [],
    nowMs: () => 0,
  };
}

function cloud(change: { key?: string; publishedName?: string; timeoutMs?: number } = {}) {
  const options = { ...optionsOf(change.timeoutMs ?? 5_000), storePhotos: false };
  const { key = endpoint.key, publishedName = endpoint.publishedName } = change;
  return customVisionPredictor({ ...options, publishedName, auth: { key } });
}

const predictors: readonly [string, (timeoutMs?: number) => Predictor][] = [
  ['Custom Vision', (timeoutMs = 5_000) => cloud({ timeoutMs })],
  ['the exported container', (timeoutMs = 5_000) => exportedModelPredictor(optionsOf(timeoutMs))],
];

describe.each(predictors)('a predictor of %s', (_name, make) => {
  it('answers tags with the highest confidence first', async () => {
    const answer = await make().predict(jpeg, never);

    expect(answer.kind).toBe('predicted');
    const tags = answer.kind === 'predicted' ? answer.prediction.tags : [];
    const confidences = tags.map(({ confidence }) => confidence);
    expect(confidences).toEqual(confidences.toSorted((left, right) => right - left));
    expect(tags.map(({ tag }) => tag).toSorted()).toEqual(endpoint.labels.toSorted());
  });

  it.each([
    ['unavailable', { class: 'transient', httpStatus: 503 }],
    ['htmlFromProxy', { class: 'transient', code: 'HTTP_502' }],
    ['reset', { class: 'transient' }],
    ['truncatedBody', { class: 'transient' }],
    ['nullAnswer', { class: 'transient', rejectAs: 'answer-null' }],
    ['stringAnswer', { class: 'transient', rejectAs: 'answer-text' }],
    ['htmlAnswer', { class: 'transient', rejectAs: 'answer-html' }],
    ['nanAnswer', { class: 'transient', rejectAs: 'answer-not-a-number' }],
    ['emptyPredictions', { class: 'transient', rejectAs: 'answer-empty' }],
  ] as const)('answers the fault %s as a value', async (fault, failure) => {
    endpoint.control.faults.add(fault, { count: 1 });

    expect(await make().predict(jpeg, never)).toMatchObject({ kind: 'failed', failure });
  });

  it('gives up at its deadline', async () => {
    endpoint.control.faults.add('hang', { count: 1 });

    const answer = await make(100).predict(jpeg, never);

    expect(answer).toMatchObject({ failure: { class: 'transient', code: 'TIMEOUT' } });
  });

  it('gives up when its caller does', async () => {
    endpoint.control.faults.add('hang', { count: 1 });
    const controller = new AbortController();

    const answering = make().predict(jpeg, controller.signal);
    controller.abort();

    expect(await answering).toMatchObject({ failure: { class: 'transient', code: 'ABORTED' } });
  });
});

describe('Custom Vision', () => {
  it('records which iteration answered', async () => {
    const answer = await cloud().predict(jpeg, never);

    expect(answer).toMatchObject({ prediction: { iterationId: endpoint.iterationId } });
  });

  it('reads throttling and its hint, by header or by text', async () => {
    endpoint.control.faults.add('throttle', { count: 1, retryAfterSeconds: 3 });

    expect(await cloud().predict(jpeg, never)).toMatchObject({
      failure: { class: 'throttled', retryAfterMs: 3_000 },
    });
  });

  it('knows a spent month from a busy second', async () => {
    endpoint.control.faults.add('outOfCallVolume', { count: 1 });

    expect(await cloud().predict(jpeg, never)).toMatchObject({
      failure: { class: 'quotaExhausted', retryAfterMs: expect.any(Number) },
    });
  });

  it('blames the settings, not the photo, for a wrong key or an unpublished model', async () => {
    const wrongKey = await cloud({ key: 'wrong-key-1234' }).predict(jpeg, never);
    const wrongName = await cloud({ publishedName: 'nobody' }).predict(jpeg, never);

    expect(wrongKey).toMatchObject({ failure: { class: 'misconfigured', code: 'HTTP_401' } });
    expect(wrongName).toMatchObject({ failure: { class: 'misconfigured' } });
    expect(JSON.stringify([wrongKey, wrongName])).not.toContain('wrong-key-1234');
  });

  it('blames the photo for what the service can not read', async () => {
    const answer = await cloud().predict(Buffer.from('no photo at all'), never);

    expect(answer).toMatchObject({ failure: { class: 'unfit', reason: 'prediction-refused' } });
  });

  it('calls a tag nobody expects a wrong model', async () => {
    endpoint.control.faults.add('unknownTag', { count: 1 });
    const { key, labels } = endpoint;
    const options = { ...optionsOf(5_000), storePhotos: false, auth: { key } };

    const answer = await customVisionPredictor({ ...options, expectedTags: labels }).predict(
      jpeg,
      never,
    );

    expect(answer).toMatchObject({
      failure: { class: 'misconfigured', code: 'answer-unknown-tag' },
    });
  });

  it('asks for a token of the right audience when it has no key', async () => {
    const scopes: unknown[] = [];
    const credential = {
      getToken: async (scope: unknown) => {
        scopes.push(scope);
        return { token: endpoint.bearerToken, expiresOnTimestamp: Number.MAX_SAFE_INTEGER };
      },
    };
    const options = { ...optionsOf(5_000), storePhotos: false, auth: { credential } };

    const answer = await customVisionPredictor(options).predict(jpeg, never);

    expect(answer.kind).toBe('predicted');
    expect(scopes).toEqual(['https://cognitiveservices.azure.com/.default']);
  });

  it('blames the settings for a token that is refused, after one call, and never shows it', async () => {
    let askedCount = 0;
    const token = 'refused-token-of-another-audience';
    const credential = {
      getToken: async () => {
        askedCount += 1;
        return { token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER };
      },
    };
    const options = { ...optionsOf(5_000), storePhotos: false, auth: { credential } };
    const before = endpoint.stats().byStatus['401'] ?? 0;

    const answer = await customVisionPredictor(options).predict(jpeg, never);

    expect(answer).toMatchObject({ failure: { class: 'misconfigured', httpStatus: 401 } });
    expect(endpoint.stats().byStatus['401']).toBe(before + 1);
    expect(askedCount).toBe(1);
    expect(JSON.stringify(answer)).not.toContain(token);
  });

  it('answers boxes of a detection project as fractions', async () => {
    const detector = await startPredictionEndpoint({ scoring: 'fixed', projectType: 'detect' });
    const { projectId, publishedName, key } = detector;
    const address = { endpoint: detector.endpoint, projectId, publishedName };
    const options = { ...optionsOf(5_000), ...address, storePhotos: true, auth: { key } };

    const answer = await customVisionPredictor({ ...options, projectType: 'detect' }).predict(
      jpeg,
      never,
    );
    await detector.stop();

    expect(answer).toMatchObject({
      prediction: { tags: [{ box: { leftRatio: expect.any(Number) } }] },
    });
  });

  it('uses the connections it may use, and no more', async () => {
    const predictor = cloud();

    await Promise.all(Array.from({ length: 12 }, () => predictor.predict(jpeg, never)));

    expect(endpoint.stats().maxInFlight).toBeLessThanOrEqual(4);
  });
});
