/** Tells operators of an outcome: one event with every measurement, whole, and one count. */
import type { PhotoWork } from '../deferral/photoWork.ts';
import { photoPath } from '../photo/photo.ts';
import type { ResultDocument } from '../results/resultDocument.ts';
import { attributes } from '../telemetry/catalogue/attributes.ts';
import type { PipelineDeps } from './deps.ts';
import { laneOf } from './laneOf.ts';

export interface Telling {
  /** A later try, or the sweep, tells what the maker of the outcome did not live to tell. */
  readonly announcedBy: 'maker' | 'finisher';
  /** Absent where the outcome is about a message that named no photo. */
  readonly work: PhotoWork | undefined;
  readonly recordMs?: number | undefined;
  readonly publishMs?: number | undefined;
}

export function tellSettled(deps: PipelineDeps, document: ResultDocument, told: Telling): void {
  const { telemetry } = deps;
  const { outcome, outcomeKey, model, source } = document;
  const { publishedName, iterationId, expectedIterationId } = model;
  const about = { model: publishedName, site: source.site, photo: nameOf(document), outcomeKey };
  const lane = told.work && laneOf(told.work);
  const reason = reasonOf(document);
  const { device, batch, equipmentClass } = source;
  const trigger = listed(attributes.trigger.values, source.trigger);
  const backend = listed(attributes.backend.values, model.backend);
  const { announcedBy } = told;
  const answered = { backend, iterationId, expectedIterationId };
  const labels = { trigger, device, batch, equipmentClass, lane, ...answered };
  const properties = { ...about, ...labels, ...decisionOf(document), outcome, reason, announcedBy };
  telemetry.event('photo.settled', properties, measured(deps, document, told));
  if (announcedBy === 'finisher') return;
  telemetry.count('sightglass.photos.settled', 1, { outcome, model: publishedName, lane });
  if (document.outcome === 'dead') {
    const { deferralCount } = document.attempts;
    const measurements = { waitedMs: document.timings.totalMs, deferralCount };
    telemetry.event('photo.dead', { ...about, reason }, measurements);
  }
}

/** A newer version may write words that the catalogue does not list. */
function listed<Word extends string>(words: readonly Word[], word: string): Word | undefined {
  return words.find((one) => one === word);
}

function measured(deps: PipelineDeps, document: ResultDocument, told: Telling) {
  const { totalMs: _, ...stages } = document.timings;
  const { recordMs, publishMs, work } = told;
  const nowMs = deps.clock.nowMs();
  const arrivedAtMs = arrivalMs(document, work);
  const pickedUpAtMs = work?.pickedUpAtMs;
  const { deferralCount } = document.attempts;
  const isParked = deferralCount > 0 && pickedUpAtMs !== undefined;
  return {
    ...stages,
    recordMs,
    publishMs,
    pickupMs: pickedUpAtMs && pickedUpAtMs - arrivedAtMs,
    parkedMs: isParked ? nowMs - pickedUpAtMs : undefined,
    endToEndMs: nowMs - arrivedAtMs,
    confidence: document.outcome === 'predicted' ? document.decision.confidence : undefined,
    deferralCount,
    photoBytes: document.photo?.contentLengthBytes,
  };
}

/**
 * An upload arrives when storage has it (by storage's clock, in whole seconds), a capture when the
 * hub has it. What people put to work long after begins anew.
 */
function arrivalMs({ photo, attempts }: ResultDocument, work: PhotoWork | undefined): number {
  const firstSeenAtMs = Date.parse(attempts.firstSeenAt);
  const isLate = work?.lane === 'backfill' || (work?.replayCount ?? 0) > 0;
  if (!photo || isLate || work?.source.trigger !== 'upload') return firstSeenAtMs;
  return Math.min(firstSeenAtMs, Date.parse(photo.lastModifiedAt));
}

function decisionOf(document: ResultDocument) {
  if (document.outcome !== 'predicted') return { tag: undefined, isUncertain: undefined };
  const { tag, isUncertain } = document.decision;
  return { tag, isUncertain: isUncertain ? 'true' : 'false' } as const;
}

function reasonOf(document: ResultDocument): string | undefined {
  if (document.outcome === 'rejected') return document.rejection.reason;
  return document.outcome === 'dead' ? document.death.reason : undefined;
}

function nameOf(document: ResultDocument): string | undefined {
  const named = document.photo ?? ('wanted' in document ? document.wanted : undefined);
  return named && photoPath(named);
}
