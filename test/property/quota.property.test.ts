import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryQuotaStore } from '../../shared/adapters/memory/memoryQuotaStore.ts';
import { corrected, counted, noTally } from '../../shared/quota/correction.ts';
import { type GovernorOptions, governor } from '../../shared/quota/governor.ts';
import { lanes, type PerLane, sumOf } from '../../shared/quota/lanes.ts';
import { setPause } from '../../shared/quota/pause.ts';
import { monthOf, type QuotaState, readState, writeState } from '../../shared/quota/quotaState.ts';
import type { QuotaStore } from '../../shared/quota/quotaStore.ts';
import { reserve, type Slot } from '../../shared/quota/reserve.ts';
import { serverClock } from '../../shared/quota/serverClock.ts';
import { even, manualClock, noonMs, stateWith, wanting } from '../helpers/quota.ts';

const counts = fc.integer({ min: 0, max: 15 });
const wantedArb: fc.Arbitrary<PerLane> = fc.record({
  live: counts,
  line: counts,
  drained: counts,
  backfill: counts,
  shadow: counts,
});
interface Step {
  readonly elapsedMs: number;
  readonly wanted: PerLane;
}

/** Time mostly goes on; a clock may also be a little behind. */
const stepArb = fc.record({ elapsedMs: fc.integer({ min: -500, max: 4_000 }), wanted: wantedArb });
const stepsArb = fc.array(stepArb, { minLength: 1, maxLength: 80 });
const perSecondArb = fc.double({ min: 1, max: 10, noNaN: true });

interface Walk {
  readonly slots: readonly Slot[];
  readonly tatsMs: readonly number[];
  readonly state: QuotaState;
}

function walk(first: QuotaState, steps: readonly Step[], limits = even): Walk {
  let state = first;
  let nowMs = noonMs;
  const slots: Slot[] = [];
  const tatsMs = [state.tatMs];
  for (const { elapsedMs, wanted } of steps) {
    nowMs += elapsedMs;
    const answer = reserve(state, nowMs, wanted, limits);
    if (answer.kind !== 'slots') continue;
    // As it travels through the store, rounding included.
    state = readState(writeState(answer.state)) ?? answer.state;
    slots.push(...answer.slots);
    tatsMs.push(state.tatMs);
  }
  return { slots, tatsMs, state };
}

it('never lets the first free instant fall', () => {
  fc.assert(
    fc.property(stepsArb, perSecondArb, (steps, perSecond) => {
      const { tatsMs } = walk(stateWith({ perSecond }), steps);

      expect(tatsMs).toEqual(tatsMs.toSorted((left, right) => left - right));
    }),
  );
});

it('gives no more slots in any time than the rate allows, and a chunk', () => {
  const spanArb = fc.integer({ min: 0, max: 20_000 });
  fc.assert(
    fc.property(stepsArb, perSecondArb, spanArb, (steps, perSecond, spanMs) => {
      const { slots } = walk(stateWith({ perSecond }), steps);

      for (const [index, { atMs }] of slots.entries()) {
        const within = slots.slice(index).filter((slot) => slot.atMs <= atMs + spanMs);
        expect(within.length).toBeLessThanOrEqual((perSecond * spanMs) / 1_000 + 1 + 1e-3);
      }
    }),
  );
});

it('counts the month exactly: as many as it gave, and never beyond the limit', () => {
  const monthlyArb = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(stepsArb, monthlyArb, (steps, monthlyCallCount) => {
      const { slots, state } = walk(stateWith(), steps, { ...even, monthlyCallCount });

      expect(state.usedCount).toBe(slots.length);
      expect(slots.length).toBeLessThanOrEqual(monthlyCallCount);
      expect(state.month).toBe(monthOf(noonMs));
    }),
  );
});

it('gives nothing while paused and goes on where it was afterwards', () => {
  fc.assert(
    fc.property(stepsArb, (steps) => {
      const paused = walk(stateWith({ pausedBecause: 'why' }), steps);
      const lifted = walk({ ...paused.state, pausedBecause: '' }, steps);

      expect(paused.slots).toEqual([]);
      expect(lifted.slots).toEqual(walk(stateWith(), steps).slots);
    }),
  );
});

it('never moves the rate for refusals of an older generation', () => {
  const answers = fc.array(
    fc.record({ age: fc.integer({ min: 1, max: 5 }), refused: fc.boolean() }),
    {
      maxLength: 200,
    },
  );
  fc.assert(
    fc.property(answers, (old) => {
      const state = stateWith({ generation: 5 });
      const tally = old.reduce(
        (sum, { age, refused }) => counted(sum, 5 - age, refused),
        counted(noTally, 5, false),
      );
      const told = corrected(state, tally, noonMs + 60_000, even);

      expect(told).toMatchObject({ perSecond: 10, generation: 5, refusedCount: 0, okCount: 1 });
    }),
  );
});

it('keeps the rate between a tenth and all of what is granted', () => {
  const tallies = fc.array(fc.record({ okCount: counts, refusedCount: counts }), { maxLength: 80 });
  fc.assert(
    fc.property(tallies, (told) => {
      let state = stateWith();
      for (const [index, tally] of told.entries()) {
        const { generation } = state;
        state = corrected(state, { generation, ...tally }, noonMs + index * 3_000, even);
        expect(state.perSecond).toBeGreaterThanOrEqual(1);
        expect(state.perSecond).toBeLessThanOrEqual(10);
      }
    }),
  );
});

it('starves no lane that waits, and shares a full house by the weights', () => {
  const present = fc.subarray([...lanes], { minLength: 1 });
  fc.assert(
    fc.property(present, fc.integer({ min: 50, max: 300 }), (waiting, stepMs) => {
      const wanted = wanting(Object.fromEntries(waiting.map((lane) => [lane, 10])));
      // Each lane asks by itself, as from a process of its own; four minutes.
      const steps = Array.from({ length: Math.ceil(240_000 / stepMs) }, (_, index) => {
        const lane = waiting[index % waiting.length] ?? 'live';
        return { elapsedMs: stepMs, wanted: wanting({ [lane]: wanted[lane] }) };
      });
      const { slots, state } = walk(stateWith(), steps);

      const weight = sumOf(even.weights, waiting);
      for (const lane of waiting) {
        const share = slots.filter((slot) => slot.lane === lane).length / slots.length;
        expect(share).toBeGreaterThan((0.6 * even.weights[lane]) / weight);
      }
      // Lent, not wasted: the house is full whoever is in it.
      expect(state.usedCount).toBeGreaterThan(0.98 * 2_400);
    }),
    { numRuns: 40 },
  );
});

it('finds the offset of a clock to well within a second, and leaves a good clock alone', () => {
  const delays = fc.array(
    fc.record({
      gapMs: fc.integer({ min: 100, max: 3_000 }),
      roundMs: fc.integer({ min: 1, max: 40 }),
    }),
    { minLength: 40, maxLength: 60 },
  );
  fc.assert(
    fc.property(fc.integer({ min: -90_000, max: 90_000 }), delays, (aheadMs, answers) => {
      const bad = serverClock();
      const good = serverClock();
      let atMs = noonMs;
      for (const { gapMs, roundMs } of answers) {
        atMs += gapMs;
        const serverAtMs = Math.floor((atMs + roundMs / 2) / 1_000) * 1_000;
        bad.observe(serverAtMs, atMs + aheadMs, atMs + roundMs + aheadMs);
        good.observe(serverAtMs, atMs, atMs + roundMs);
      }

      expect(Math.abs(bad.offsetMs() + aheadMs)).toBeLessThanOrEqual(1_100);
      expect(Math.abs(good.offsetMs())).toBeLessThan(1);
    }),
  );
});

/** Each answer of the store comes when the scheduler says, in any order: readers, writers, conflicts. */
function interleaved(store: QuotaStore, scheduler: fc.Scheduler): QuotaStore {
  const later = async <Answer>(work: () => Promise<Answer>) => {
    await scheduler.schedule(Promise.resolve());
    const answer = await work();
    await scheduler.schedule(Promise.resolve());
    return answer;
  };
  return {
    path: store.path,
    get: () => later(() => store.get()),
    compareAndSwap: (text, etag) => later(() => store.compareAndSwap(text, etag)),
  };
}

it('gives no slot twice, however reads and writes of several processes interleave', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(counts, { minLength: 2, maxLength: 4 }),
      async (scheduler, demands) => {
        const clock = manualClock();
        const store = interleaved(memoryQuotaStore(clock.nowMs), scheduler);
        const slots: Slot[] = [];
        const stop = demands.map((count, index) => {
          const random = () => ((index + 1) * 0.37) % 1;
          return askFor(count, { ...clock, store, random }, slots);
        });
        for (let round = 0; round < 400 && slots.length < sum(demands); round += 1) {
          await scheduler.waitIdle();
          await clock.pass(250);
        }
        for (const each of stop) each();

        expect(slots).toHaveLength(sum(demands));
        expect(shortestGapMs(slots)).toBeGreaterThan(99.9);
        const left = readState((await memoryless(store, scheduler)).found?.text ?? '');
        if (slots.length > 0) expect(left?.usedCount).toBeGreaterThanOrEqual(slots.length);
      },
    ),
    { numRuns: 25 },
  );
}, 20_000);

type World = Pick<GovernorOptions, 'store' | 'nowMs' | 'random' | 'after'>;

/** @returns stops the process. */
function askFor(count: number, world: World, slots: Slot[]): () => void {
  const options = { limits: even, waitBudgetMs: 60_000, pausedBecause: undefined };
  const process = governor({ ...options, ...world });
  const { signal } = new AbortController();
  const wish = { lane: 'live', sinceMs: noonMs, notBeforeMs: noonMs, signal } as const;
  for (let asked = 0; asked < count; asked += 1) {
    void process
      .acquire({ ...wish, deadlineMs: noonMs + 600_000 })
      .then((answer) => answer.kind === 'slot' && slots.push(answer.slot));
  }
  return () => process.stop();
}

async function memoryless(store: QuotaStore, scheduler: fc.Scheduler) {
  const asking = store.get();
  await scheduler.waitIdle();
  return asking;
}

it('loses no pause to writers that come in between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const memory = memoryQuotaStore(() => noonMs);
      const store = interleaved(memory, scheduler);
      const pausing = setPause(store, 'why', even, noonMs);
      const other = setPause(store, 'other', even, noonMs).then(() =>
        setPause(store, 'why', even, noonMs),
      );
      await scheduler.waitIdle();
      await Promise.all([pausing, other]);

      expect(readState((await memory.get()).found?.text ?? '')?.pausedBecause).toBe('why');
    }),
    { numRuns: 25 },
  );
});

function shortestGapMs(slots: readonly Slot[]): number {
  const timesMs = slots.map(({ atMs }) => atMs).toSorted((left, right) => left - right);
  const gapsMs = timesMs.slice(1).map((atMs, index) => atMs - (timesMs[index] ?? 0));
  return Math.min(...gapsMs, Number.POSITIVE_INFINITY);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
