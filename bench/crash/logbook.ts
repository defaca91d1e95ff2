/** What a run of the crew leaves to be checked: announcements, kills, and how long recovery took. */
import type { ResultEvent } from '../../shared/results/resultEvent.ts';
import { photoName } from './photoNames.ts';
import type { Time } from './time.ts';

export interface Logbook {
  announced(event: ResultEvent): void;
  /** @param inHand - photos the process was working on; none for a kill without effect. */
  died(inHand: readonly number[]): void;
  /** What nobody has brought again by now is for the hourly reconciliation, as a lost event is. */
  reconciling(): void;
  /** @param photoCount - that no event would have brought again. */
  reconciled(photoCount: number): void;
  reconciledCount(): number;
  /** How long claims took. */
  claimed(durationsMs: readonly number[]): void;
  readonly claimingMs: readonly number[];
  killCount(): number;
  effectiveKillCount(): number;
  /** Texts announced for each outcome key. */
  readonly announcements: ReadonlyMap<string, readonly string[]>;
  /** First announcement of each photo. */
  readonly settledAtMs: readonly number[];
  /** From a kill to the announcement of each photo that had none by then, and was not reconciled. */
  readonly recoveriesMs: readonly number[];
}

export function logbook(time: Time): Logbook {
  const announcements = new Map<string, string[]>();
  const settledAtMs: number[] = [];
  const settled = new Set<string>();
  const victims = new Map<string, number>();
  const recoveriesMs: number[] = [];
  const claimingMs: number[] = [];
  let killCount = 0;
  let reconciledCount = 0;
  let effectiveKillCount = 0;
  return {
    announcements,
    recoveriesMs,
    settledAtMs,
    reconciling: () => victims.clear(),
    reconciled(photoCount) {
      reconciledCount += photoCount;
    },
    reconciledCount: () => reconciledCount,
    claimingMs,
    claimed: (durationsMs) => void claimingMs.push(...durationsMs),
    killCount: () => killCount,
    effectiveKillCount: () => effectiveKillCount,
    announced(event) {
      const texts = announcements.get(event.id) ?? [];
      announcements.set(event.id, [...texts, JSON.stringify(event)]);
      const name = event.data.photo?.blobName ?? '';
      if (!settled.has(name)) settledAtMs.push(time.nowMs());
      settled.add(name);
      const killedAtMs = victims.get(name);
      if (killedAtMs !== undefined) recoveriesMs.push(time.nowMs() - killedAtMs);
      victims.delete(name);
    },
    died(inHand) {
      killCount += 1;
      if (inHand.length > 0) effectiveKillCount += 1;
      const names = inHand.map(photoName).filter((name) => !settled.has(name));
      for (const name of names) victims.set(name, victims.get(name) ?? time.nowMs());
    },
  };
}
