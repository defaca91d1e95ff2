/** The checker: holds what a run left behind against what the pipeline promises. */
import { quantile } from '../measure.ts';
import type { Archive } from './archive.ts';
import { photoName } from './photoNames.ts';
import type { ShiftReport } from './shift.ts';

export interface CrashReport {
  readonly photoCount: number;
  readonly killCount: number;
  /** Kills of processes that had photos in hand. */
  readonly effectiveKillCount: number;
  /** Photos without an outcome. */
  readonly lostCount: number;
  /** Outcomes beyond the first of a photo. */
  readonly doubledCount: number;
  /** Outcomes that no event announced. */
  readonly unpublishedCount: number;
  /** Events beyond the first of an outcome; the same id and text each, or they count as doubled. */
  readonly publishedTwiceCount: number;
  readonly claimsLeftCount: number;
  /** Photos that only the reconciliation found again. */
  readonly reconciledCount: number;
  readonly paidTwiceCount: number;
  readonly inFlightAtKillsCount: number;
  readonly paidTwiceBeyondInFlightCount: number;
  /** From a kill to the announcement of what it interrupted; NaN where it interrupted nothing. */
  readonly recoveryP95Ms: number;
  /** What a write to the store costs. */
  readonly claimP50Ms: number;
}

export async function inspect(
  photoCount: number,
  archive: Archive,
  { log, endpoint }: ShiftReport,
): Promise<CrashReport> {
  const documents = await archive.documents();
  const outcomeCounts = countBy(documents.map(({ photo }) => photo?.blobName ?? ''));
  const wanted = Array.from({ length: photoCount }, (_, number) => photoName(number));
  const texts = [...log.announcements.values()];
  const contradictions = texts.reduce((count, each) => count + new Set(each).size - 1, 0);
  return {
    photoCount,
    killCount: log.killCount(),
    effectiveKillCount: log.effectiveKillCount(),
    lostCount: wanted.filter((name) => !outcomeCounts.has(name)).length,
    doubledCount: documents.length - outcomeCounts.size + contradictions,
    unpublishedCount: documents.filter(({ outcomeKey }) => !log.announcements.has(outcomeKey))
      .length,
    publishedTwiceCount: texts.reduce((count, each) => count + each.length - 1, 0),
    claimsLeftCount: await archive.claimCount(),
    reconciledCount: log.reconciledCount(),
    paidTwiceCount: endpoint.paidTwiceCount(),
    inFlightAtKillsCount: endpoint.inFlightAtKillsCount(),
    paidTwiceBeyondInFlightCount: endpoint.paidTwiceBeyondInFlightCount(),
    recoveryP95Ms: quantile(log.recoveriesMs, 0.95),
    claimP50Ms: quantile(log.claimingMs, 0.5),
  };
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
