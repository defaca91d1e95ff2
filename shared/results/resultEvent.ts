/**
 * The event on the predictions hub: what was decided and where the whole document lies. Its id is
 * the outcome key, so a consumer that has seen the id has seen the outcome (delivery is at least once).
 */
import * as z from 'zod';
import {
  deathSchema,
  decisionSchema,
  modelSchema,
  photoSchema,
  type ResultDocument,
  rejectionSchema,
  resultSchemaVersion,
  sourceSchema,
  wantedSchema,
} from './resultDocument.ts';

const predictedEventType = 'io.sightglass.prediction.completed.v1';
const rejectedEventType = 'io.sightglass.prediction.rejected.v1';
const deadEventType = 'io.sightglass.prediction.dead.v1';
const resultEventSource = '/sightglass/pipeline';
export const cloudEventContentType = 'application/cloudevents+json';

const pointerSchema = z
  .object({ account: z.string(), container: z.string(), blobName: z.string() })
  .describe('Where the result document lies.');

const envelope = {
  specversion: z.literal('1.0'),
  id: z.string().describe('The outcome key: the same for every delivery.'),
  source: z.literal(resultEventSource),
  subject: z.string().optional().describe('container/blobName of the photo.'),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  traceparent: z
    .string()
    .optional()
    .describe('CloudEvents distributed tracing extension: go on from here.'),
};

const commonData = {
  schemaVersion: z.literal(resultSchemaVersion),
  outcomeKey: z.string(),
  document: pointerSchema,
  source: sourceSchema,
  model: modelSchema,
  deferralCount: z.number().int().nonnegative(),
};
const photoPointerSchema = photoSchema.pick({
  account: true,
  container: true,
  blobName: true,
  etag: true,
});

export const resultEventSchema = z
  .discriminatedUnion('type', [
    z.object({
      ...envelope,
      type: z.literal(predictedEventType),
      data: z.object({
        ...commonData,
        outcome: z.literal('predicted'),
        photo: photoPointerSchema,
        decision: decisionSchema,
      }),
    }),
    z.object({
      ...envelope,
      type: z.literal(rejectedEventType),
      data: z.object({
        ...commonData,
        outcome: z.literal('rejected'),
        photo: photoPointerSchema.optional(),
        wanted: wantedSchema.optional(),
        rejection: rejectionSchema,
      }),
    }),
    z.object({
      ...envelope,
      type: z.literal(deadEventType),
      data: z.object({
        ...commonData,
        outcome: z.literal('dead'),
        photo: photoPointerSchema.optional(),
        wanted: wantedSchema.optional(),
        death: deathSchema,
      }),
    }),
  ])
  .describe('One outcome, announced.');

export type ResultEvent = z.output<typeof resultEventSchema>;
export type DocumentPointer = z.output<typeof pointerSchema>;

export function toEvent(document: ResultDocument, pointer: DocumentPointer): ResultEvent {
  const { outcomeKey, schemaVersion, source, model } = document;
  const about = aboutOf(document);
  const named = about.photo ?? about.wanted;
  const base = {
    specversion: '1.0',
    id: outcomeKey,
    source: resultEventSource,
    ...(named && { subject: `${named.container}/${named.blobName}` }),
    time: document.settledAt,
    datacontenttype: 'application/json',
    ...(document.traceparent !== undefined && { traceparent: document.traceparent }),
  } as const;
  const { deferralCount } = document.attempts;
  const data = { schemaVersion, outcomeKey, document: pointer, source, model, deferralCount };
  if (document.outcome === 'rejected') {
    const { rejection } = document;
    const rejected = { ...data, ...about, outcome: 'rejected', rejection } as const;
    return { ...base, type: rejectedEventType, data: rejected };
  }
  if (document.outcome === 'dead') {
    const { death } = document;
    return { ...base, type: deadEventType, data: { ...data, ...about, outcome: 'dead', death } };
  }
  const { decision } = document;
  const predicted = { ...data, outcome: 'predicted', photo: pointerOf(document.photo) } as const;
  return { ...base, type: predictedEventType, data: { ...predicted, decision } };
}

/** The photo, or what was asked for in its place. */
function aboutOf(document: ResultDocument) {
  if (document.photo) return { photo: pointerOf(document.photo) };
  return 'wanted' in document && document.wanted ? { wanted: document.wanted } : {};
}

function pointerOf({ account, container, blobName, etag }: z.output<typeof photoSchema>) {
  return { account, container, blobName, etag };
}
