/** Measures the stages of one photo's way. */
import type { StageTimings } from '../results/outcome.ts';
import type { Clock } from './deps.ts';

/** The last two come after the document was written: only telemetry tells them. */
type Stage = Exclude<keyof StageTimings, 'totalMs'> | 'recordMs' | 'publishMs';

export interface StageClock {
  time<Result>(stage: Stage, work: () => Result | Promise<Result>): Promise<Result>;
  spent(): Partial<Record<Stage, number>>;
}

export function stageClock(clock: Clock): StageClock {
  const spentMs: Partial<Record<Stage, number>> = {};
  return {
    async time(stage, work) {
      const startedAtMs = clock.nowMs();
      try {
        return await work();
      } finally {
        spentMs[stage] = (spentMs[stage] ?? 0) + clock.nowMs() - startedAtMs;
      }
    },
    spent: () => ({ ...spentMs }),
  };
}
