/** One log line per invocation, for operators: how many photos ended how, and what is wrong. */
import type { InvocationContext } from '@azure/functions';
import { photoPath } from '../shared/photo/photo.ts';
import type { PipelineDeps } from '../shared/pipeline/deps.ts';
import { countFates, type Fate } from '../shared/pipeline/fate.ts';
import type { KeyName } from '../shared/prediction/predictor.ts';
import type { Governor } from '../shared/quota/governor.ts';
import { sumOf } from '../shared/quota/lanes.ts';
import type { ResultDocument } from '../shared/results/resultDocument.ts';

/** @param deps - told as well: a quota that is not what it should be, a key that is refused. */
export function logFates(
  context: InvocationContext,
  fates: readonly Fate[],
  deps?: Pick<PipelineDeps, 'quota' | 'predictor'>,
): void {
  logRefusedKey(context, deps?.predictor.refusedKey?.());
  const counts = { photos: fates.length, ...countFates(fates) };
  const waiting = fates.flatMap((fate) => (fate.kind === 'waiting' ? [fate.failure] : []));
  const misconfigured = waiting.filter((failure) => failure.class === 'misconfigured');
  if (misconfigured.length > 0 && isNews('misconfigured')) {
    const said = [...new Set(misconfigured.map(causeOf))].join(', ');
    context.error(
      `The prediction endpoint is misconfigured (${said}): photos are parked. ` +
        'Check PREDICTION_* settings and the published iteration; docs/runbook.md says how.',
    );
  }
  const reasons = [...new Set(waiting.map(({ code, detail }) => `${code}: ${detail}`))];
  const parked = reasons.length === 0 ? {} : { parkedBecause: reasons.slice(0, 5) };
  const line = { ...counts, ...named(fates), ...parked, ...noteworthy(deps?.quota) };
  const codes = waiting.flatMap((failure) => (ordinary.has(failure.class) ? [] : [failure.code]));
  const news = [...new Set(codes)].filter(isNews);
  if (news.length === 0) context.info(JSON.stringify(line));
  else context.warn(JSON.stringify({ ...line, see: pageFor(news) }));
}

/** What is held back says in its detail which answer it is held back for. */
function causeOf({ code, detail }: { readonly code: string; readonly detail: string }): string {
  return code === 'BREAKER_OPEN' ? detail : code;
}

const keySettings: Readonly<Record<KeyName, string>> = {
  first: 'PREDICTION_KEY',
  second: 'PREDICTION_SECOND_KEY',
};
let saidRefused: KeyName | undefined;

/** Once: nothing waits for it. */
function logRefusedKey(context: InvocationContext, refused: KeyName | undefined): void {
  if (refused === saidRefused) return;
  saidRefused = refused;
  if (refused === undefined) return;
  const setting = keySettings[refused];
  context.warn(
    `The prediction endpoint refuses the key in ${setting}; calls go on with the other one. ` +
      `How to put the resource's present key into the setting: docs/runbook.md#keys`,
  );
}

/** Part of the day's work, or said already: nobody has to look. */
const ordinary: ReadonlySet<string> = new Set([
  'throttled',
  'inFlight',
  'uncommitted',
  'misconfigured',
]);

/** One cause parks every photo: a warning for each would bury all else. */
const sayAgainMs = 60_000;
const saidAtMs = new Map<string, number>();
/** Codes are few: more of them are nobody's words but a sender's. */
const knownCodeCount = 100;

function isNews(code: string): boolean {
  const nowMs = performance.now();
  if (nowMs - (saidAtMs.get(code) ?? Number.NEGATIVE_INFINITY) < sayAgainMs) return false;
  if (saidAtMs.size >= knownCodeCount) saidAtMs.clear();
  saidAtMs.set(code, nowMs);
  return true;
}

/** The app's own codes; all but those of the quota are the endpoint's words, or the way's to it. */
const ofApp =
  /^(?:(?:STORE|QUEUE|EVENTS)_UNAVAILABLE|(?:SETTINGS|DOCUMENT)_INVALID|ABORTED|NO_TIME_LEFT|UNEXPECTED)$/;

/** What to do about it: the worst of it first. */
function pageFor(codes: readonly string[]): string {
  const foreign = codes.filter((code) => !ofApp.test(code));
  if (foreign.length === 0) return 'docs/runbook.md#codes';
  const isOfQuota = foreign.every((code) => code.startsWith('QUOTA_'));
  return `docs/runbook.md#${isOfQuota ? 'photos-wait' : 'the-endpoint-fails'}`;
}

function noteworthy(governor: Governor | undefined): object {
  const stats = governor?.stats();
  if (!stats || stats.mode === 'unlimited') return {};
  const waitingCount = sumOf(stats.waiting);
  const isPlain = stats.mode === 'shared' && stats.perSecond >= 0.95 * stats.maxPerSecond;
  if (isPlain && waitingCount === 0) return {};
  const { mode, queueAgeMs } = stats;
  const perSecond = Number(stats.perSecond.toFixed(2));
  const headroomRatio = Number(stats.headroomRatio.toFixed(2));
  const reason = stats.pausedBecause === '' ? {} : { pausedBecause: stats.pausedBecause };
  const quota = {
    mode,
    perSecond,
    headroomRatio,
    waitingCount,
    queueAgeMs: Math.round(queueAgeMs),
  };
  return { quota: { ...quota, ...reason } };
}

/** A single photo is named, with where its outcome lies once it has one; of many only reasons. */
function named(fates: readonly Fate[]): object {
  const [fate] = fates;
  if (fates.length !== 1 || fate === undefined) return reasonsOf(fates);
  if (fate.kind === 'waiting') return { photo: photoPath(fate.work.photo) };
  const { photo, outcomeKey } = fate.document;
  return { photo: photo && photoPath(photo), outcomeKey, ...reasonsOf(fates) };
}

function reasonsOf(fates: readonly Fate[]): object {
  const reasons = fates.flatMap((fate) => (fate.kind === 'settled' ? reasonOf(fate.document) : []));
  return reasons.length === 0 ? {} : { reasons: [...new Set(reasons)] };
}

function reasonOf(document: ResultDocument): string[] {
  if (document.outcome === 'rejected') return [document.rejection.reason];
  return document.outcome === 'dead' ? [document.death.reason] : [];
}
