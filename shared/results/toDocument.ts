/** From an outcome to its public document. Absent stays absent: no nulls, no empty strings. */
import { redact } from '../errors.ts';
import type { Outcome, PhotoFacts, Source, StageTimings } from './outcome.ts';
import {
  type ResultDocument,
  resultDocumentSchema,
  resultSchemaVersion,
} from './resultDocument.ts';

export function toDocument(outcome: Outcome): ResultDocument {
  const common = {
    schemaVersion: resultSchemaVersion,
    outcomeKey: outcome.outcomeKey,
    source: sourceOf(outcome.source),
    attempts: {
      deferralCount: outcome.attempts.deferralCount,
      firstSeenAt: instantOf(outcome.attempts.firstSeenAtMs),
    },
    timings: roundedTimings(outcome.timings),
    transforms: [],
    settledAt: instantOf(outcome.settledAtMs),
    traceparent: outcome.traceparent,
  } as const;
  if (outcome.kind !== 'predicted') {
    const { kind, model, photo, wanted, reason, message } = outcome;
    const about = photo ? { photo: photoOf(photo) } : { wanted };
    const why =
      kind === 'dead'
        ? { death: { reason, message, detail: redact(outcome.detail) } }
        : { rejection: { reason, message } };
    return compact({ ...common, outcome: kind, model, ...about, ...why });
  }
  const { predictionId, iterationId, tags } = outcome.prediction;
  return compact({
    ...common,
    outcome: 'predicted',
    model: { ...outcome.model, iterationId, expectedIterationId: outcome.expectedIterationId },
    photo: photoOf(outcome.photo),
    predictionId,
    tags: [...tags],
    decision: outcome.decision,
  });
}

function photoOf({ lastModifiedAtMs, ...photo }: PhotoFacts) {
  return { ...photo, lastModifiedAt: instantOf(lastModifiedAtMs) };
}

function sourceOf({ trigger, eventId, context }: Source) {
  return { ...context, trigger, eventId };
}

function instantOf(atMs: number): string {
  return new Date(atMs).toISOString();
}

function roundedTimings(timings: StageTimings): StageTimings {
  const rounded = Object.entries(timings).map(([stage, spentMs]: [string, number]) => [
    stage,
    Math.max(0, Math.round(spentMs * 10) / 10),
  ]);
  return { totalMs: timings.totalMs, ...Object.fromEntries(rounded) };
}

/** A round trip drops what is undefined, everywhere in the document; the schema then vouches for it. */
function compact(document: unknown): ResultDocument {
  return resultDocumentSchema.parse(JSON.parse(JSON.stringify(document)));
}
