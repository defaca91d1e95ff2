/** Secrets are planted where the outside world could put them; each way out is searched for them. */
import { InvocationContext } from '@azure/functions';
import { RestError } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { traced } from '../../functions/traced.ts';
import { recordFilter, spanFilter } from '../../shared/adapters/appInsights/spanFilter.ts';
import { storeUnavailable } from '../../shared/adapters/blob/blobErrors.ts';
import { classifyError } from '../../shared/adapters/predictionWire/classifyError.ts';
import { noAnswer } from '../../shared/adapters/predictionWire/noAnswer.ts';
import { keepSecret, messageOf, PipelineError } from '../../shared/errors.ts';
import { processBatch } from '../../shared/pipeline/processBatch.ts';
import { settlePoisonedMessage } from '../../shared/pipeline/settlePoison.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';
import {
  ampleBudget,
  endlessBudget,
  failed,
  photoRef,
  pipelineAnswering,
  uploadOf,
} from '../helpers/pipeline.ts';

/** Looks like nothing: only who knows it can find it. */
const key = 'canary0key1with/some+signs';
const forms = [
  key,
  encodeURIComponent(key),
  ...['', 'a', 'ab'].map((before) => Buffer.from(`${before}${key}`).toString('base64')),
];
const sas = 'https://acme.blob.core.windows.net/photos/a.jpg?sv=1&sig=canary2sig%2Fx&se=2';
const patterned = `${sas} jo.canary3@example.com 52.52001, 13.40501`;
const dirt = [...forms, patterned].join(' ');

/** Cores of the base64 forms as well: what is left of them in any surroundings. */
const hidden = [
  key,
  encodeURIComponent(key),
  ...forms.slice(2).map((form) => form.slice(4, -4)),
  'canary2sig',
  'canary3@',
  '52.52001',
];

const unheard = { isFull: () => false, onMade: () => {}, onLost: () => {}, onQueued: () => {} };

const canariesIn = (sink: unknown) => {
  const text = typeof sink === 'string' ? sink : JSON.stringify(sink);
  return hidden.filter((canary) => text.includes(canary));
};

beforeAll(() => keepSecret([key]));
afterAll(() => keepSecret([]));

it('plants what the search finds', () => {
  expect(canariesIn(dirt)).toEqual(hidden);
});

it('tells none in the log of an invocation, whatever the level and the host', async () => {
  const lines: string[] = [];
  const context = new InvocationContext({
    functionName: 'f',
    invocationId: 'i',
    logHandler: (_level, ...said) => void lines.push(said.map(String).join(' ')),
  });
  const methods = ['trace', 'debug', 'info', 'warn', 'error', 'log'] as const;
  const handler = traced('timer', () => {
    for (const method of methods) context[method](dirt, new Error(dirt));
  });

  await handler({}, context);

  expect(lines).toHaveLength(6);
  expect(canariesIn(lines)).toEqual([]);
});

it('tells the host none in what a handler throws, neither in its message nor its stack', async () => {
  const context = new InvocationContext({ functionName: 'f', invocationId: 'i' });
  const handler = traced('timer', () => Promise.reject(new RangeError(dirt)));

  const thrown = await handler({}, context).catch((error: Error) => error);

  expect(thrown).toMatchObject({ name: 'RangeError' });
  const { message, stack, cause } = thrown as Error;
  expect(canariesIn([message, stack, cause])).toEqual([]);
});

it('keeps none in an error of ours, its details or the text of an error of an SDK', () => {
  const sdk = new RestError(dirt, { code: dirt, statusCode: 403 });
  Object.assign(sdk, { request: { headers: { authorization: dirt } } });
  const stored = storeUnavailable('read', patterned, sdk);
  const invalid = new PipelineError('SETTINGS_INVALID', dirt, { problems: [dirt] });

  const sink = [stored, invalid].map(({ message, details, stack }) => [message, details, stack]);
  expect(canariesIn([sink, messageOf(sdk), noAnswer(sdk)])).toEqual([]);
});

it.each([401, 403, 404, 429, 500])('takes none over from an endpoint that answers %s', (status) => {
  const bodyText = JSON.stringify({ error: { code: key, message: dirt } });
  const header = () => dirt;

  const failure = classifyError({ httpStatus: status, bodyText, header, nowMs: 0 });

  expect(failure.code).toBe(`HTTP_${status}`);
  expect(canariesIn(failure)).toEqual([]);
});

it('writes none into documents, events and parked messages', async () => {
  const unfit = { class: 'unfit', code: 'X', detail: dirt, reason: 'prediction-refused' } as const;
  const waiting = { class: 'transient', code: 'HTTP_500', detail: dirt } as const;
  const pipeline = pipelineAnswering(failed(unfit), failed(waiting));
  const other = { ...photoRef, blobName: 'b.jpg' };
  pipeline.photos.upload(photoRef, { bytes: await goodPhoto() });
  pipeline.photos.upload(other, { bytes: await goodPhoto() });
  const { deps } = pipeline;

  await processBatch(deps, [uploadOf(photoRef), uploadOf(other)], ampleBudget);
  await settlePoisonedMessage(deps, { foreign: dirt }, ampleBudget);
  const parked = { photos: [uploadOf(other)], parkedBecause: [dirt] };
  await settlePoisonedMessage(deps, parked, ampleBudget);

  const { outcomes, events, deferrals } = pipeline;
  const sink = [outcomes, events, deferrals].map((part) =>
    JSON.stringify(part, (_name, value: unknown) =>
      value instanceof Map ? [...value.entries()] : value,
    ),
  );
  expect([outcomes.documents.size, deferrals.sent.length]).toEqual([3, 1]);
  expect(canariesIn(sink)).toEqual([]);
});

it('writes none into the document of a photo that was given up', async () => {
  const failure = { class: 'transient', code: 'HTTP_500', detail: dirt, httpStatus: 500 } as const;
  const { deps, photos, passTime, events } = pipelineAnswering(failed(failure));
  photos.upload(photoRef, { bytes: await goodPhoto() });
  passTime(24 * 3_600_000);

  const fates = await processBatch(deps, [uploadOf(photoRef)], endlessBudget);

  expect(fates).toMatchObject([{ kind: 'settled', document: { outcome: 'dead' } }]);
  expect(canariesIn([fates, events.published])).toEqual([]);
});

it('sends none in spans: attributes, exceptions noted by instrumentations, status', () => {
  const span = {
    name: 'GET',
    kind: 2,
    attributes: { 'url.full': sas, list: [dirt] },
    events: [{ name: 'exception', attributes: { 'exception.stacktrace': dirt } }],
    status: { code: 2, message: dirt },
    spanContext: () => ({ traceId: '1', spanId: '2', traceFlags: 1 }),
  };

  spanFilter(unheard).onEnd(
    span as unknown as Parameters<ReturnType<typeof spanFilter>['onEnd']>[0],
  );

  expect(span.attributes['url.full']).toContain('sig=[redacted]&se=2');
  expect(canariesIn(span)).toEqual([]);
});

it('sends none in records: attributes and bodies', () => {
  const record = {
    attributes: { message: dirt },
    body: { text: dirt, count: 1 } as unknown,
    setAttributes(attributes: object) {
      Object.assign(this.attributes, attributes);
    },
    setBody(body: unknown) {
      this.body = body;
    },
  };

  recordFilter(unheard).onEmit(
    record as unknown as Parameters<ReturnType<typeof recordFilter>['onEmit']>[0],
  );

  expect(record.body).toMatchObject({ count: 1 });
  expect(canariesIn([record.attributes, record.body])).toEqual([]);
});
