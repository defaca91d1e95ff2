import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseSchedule } from '../../../local/functionsHost/triggers/timer/schedule.ts';
import type { ScheduleStatus } from '../../../local/functionsHost/triggers/timer/scheduleStatus.ts';
import { timerClock } from '../../../local/functionsHost/triggers/timer/timerClock.ts';

const at = (time: string) => Date.parse(`2026-11-25T${time}Z`);

interface Given {
  readonly schedule?: string;
  readonly stored?: ScheduleStatus;
  readonly runsOnStartup?: boolean;
  readonly runMs?: number;
  readonly isKept?: boolean;
}

function clockOf(given: Given = {}) {
  const { schedule = '0 */10 * * * *', stored, runsOnStartup = false, runMs = 0 } = given;
  const runs: { at: string; isPastDue: boolean; status: ScheduleStatus | undefined }[] = [];
  const written: ScheduleStatus[] = [];
  const store = {
    read: async () => stored,
    write: async (status: ScheduleStatus) => void written.push(status),
  };
  const clock = timerClock({
    schedule: parseSchedule(schedule),
    runsOnStartup,
    store: (given.isKept ?? true) ? store : undefined,
    async run(status, isPastDue) {
      runs.push({ at: new Date().toISOString().slice(11, 19), isPastDue, status });
      if (runMs > 0) await new Promise((resolve) => setTimeout(resolve, runMs));
    },
    onError: (error) => {
      throw error;
    },
  });
  return { clock, runs, written, times: () => runs.map((run) => run.at) };
}

beforeEach(() => {
  vi.useFakeTimers({ now: at('10:05:00') });
});
afterEach(() => {
  vi.useRealTimers();
});

const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);

describe('timer of the functions host', () => {
  it('runs at each occurrence and writes down when the next one is', async () => {
    const { clock, times, written } = clockOf();

    await clock.start();
    await minutes(20);

    expect(times()).toStrictEqual(['10:10:00', '10:20:00']);
    expect(written).toStrictEqual([
      { lastAtMs: undefined, lastUpdatedAtMs: at('10:05:00'), nextAtMs: at('10:10:00') },
      { lastAtMs: at('10:10:00'), lastUpdatedAtMs: at('10:10:00'), nextAtMs: at('10:20:00') },
      { lastAtMs: at('10:20:00'), lastUpdatedAtMs: at('10:20:00'), nextAtMs: at('10:30:00') },
    ]);
  });

  it('makes up once, at once, for all that was missed while no host ran', async () => {
    const stored = {
      lastAtMs: at('08:50:00'),
      lastUpdatedAtMs: at('08:50:00'),
      nextAtMs: at('09:00:00'),
    };
    const { clock, runs } = clockOf({ stored });

    await clock.start();
    await minutes(5);

    expect(runs.map((run) => [run.at, run.isPastDue])).toStrictEqual([
      ['10:05:00', true],
      ['10:10:00', false],
    ]);
    expect(runs[0]?.status).toStrictEqual(stored);
  });

  it('is not past due where its schedule has changed meanwhile', async () => {
    const stored = {
      lastAtMs: at('08:00:00'),
      lastUpdatedAtMs: at('08:00:00'),
      nextAtMs: at('09:00:00'),
    };
    const { clock, times, written } = clockOf({ stored });

    await clock.start();
    await minutes(5);

    expect(times()).toStrictEqual(['10:10:00']);
    expect(written[0]).toStrictEqual({
      lastAtMs: undefined,
      lastUpdatedAtMs: at('08:00:00'),
      nextAtMs: at('10:10:00'),
    });
  });

  it('never overlaps itself: an occurrence during a run comes right after it, once', async () => {
    const { clock, times } = clockOf({ runMs: 25 * 60_000 });

    await clock.start();
    await minutes(40);

    expect(times()).toStrictEqual(['10:10:00', '10:35:00']);
  });

  it('does not come again at an occurrence for which it went off a moment early', async () => {
    const { clock, times } = clockOf();

    await clock.start();
    vi.setSystemTime(at('10:04:59.500'));
    await minutes(6);

    expect(times()).toStrictEqual(['10:09:59']);
  });

  it('runs on start where it is told to, and then by its schedule', async () => {
    const { clock, runs } = clockOf({ runsOnStartup: true });

    await clock.start();
    await minutes(5);

    expect(runs.map((run) => [run.at, run.isPastDue])).toStrictEqual([
      ['10:05:00', false],
      ['10:10:00', false],
    ]);
  });

  it('tells its function no status where none is kept', async () => {
    const { clock, runs, written } = clockOf({ isKept: false });

    await clock.start();
    await minutes(5);

    expect(runs[0]?.status).toBeUndefined();
    expect(written).toStrictEqual([]);
  });

  it('starts nothing while it pauses', async () => {
    const { clock, times } = clockOf();

    await clock.start();
    clock.pause();
    await minutes(30);

    expect(times()).toStrictEqual([]);
  });

  it('waits for what is further away than a timer of Node can wait', async () => {
    const { clock, times } = clockOf({ schedule: '0 0 0 1 3 *' });

    await clock.start();
    await minutes(24 * 60 * 100);

    expect(times()).toStrictEqual(['00:00:00']);
  });
});
