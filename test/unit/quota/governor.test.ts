import { describe, expect, it } from 'vitest';
import { governor } from '../../../shared/quota/governor.ts';
import { setPause } from '../../../shared/quota/pause.ts';
import { turnAfterRefusal } from '../../../shared/quota/turn.ts';
import { unlimited } from '../../../shared/quota/unlimited.ts';
import { asking, oneProcess } from '../../helpers/governed.ts';
import { even, noonMs } from '../../helpers/quota.ts';

const never = new AbortController().signal;

describe('a photo that wants to be predicted', () => {
  it('gets its slot when the slot is due, those after it one interval later each', async () => {
    const { clock, ask, answers } = oneProcess();

    for (const name of ['a', 'b', 'c']) ask(name);
    await clock.pass(2_000);

    // The first reservation of a process waits up to a second.
    expect(answers.map(({ name, atMs }) => [name, atMs])).toEqual([
      ['a', 500],
      ['b', 600],
      ['c', 700],
    ]);
  });

  it('is parked at its deadline for about as long as it has waited', async () => {
    const { clock, process, options, answers, ask } = oneProcess();
    await setPause(options.store, '', even, noonMs);
    const other = asking(process, clock.nowMs);
    for (let index = 0; index < 300; index += 1)
      other.ask(`other ${index}`, 'live', { waitMs: 60_000 });
    await clock.pass(1_000);

    ask('late', 'live', { waitMs: 5_000 });
    await clock.pass(30_000);

    expect(answers).toMatchObject([
      { atMs: 6_000, answer: { kind: 'parkUntil', code: 'QUOTA_BUSY', atMs: noonMs + 11_000 } },
    ]);
  });

  it('leaves at once when its invocation has to end', async () => {
    const { clock, answers, ask } = oneProcess();
    const controller = new AbortController();

    ask('a', 'live', { signal: controller.signal });
    controller.abort();
    await clock.pass(0);

    expect(answers).toMatchObject([{ atMs: 0, answer: { kind: 'parkUntil' } }]);
  });

  it('keeps its place after a refusal, but not its slot, and waits as long as it was told', async () => {
    const { clock, process, answers, ask, slots } = oneProcess();
    for (const name of ['a', 'b', 'c']) ask(name);
    await clock.pass(500);
    const [first] = slots();
    if (first) process.report(first, { kind: 'refused' });

    ask('a again', 'live', { sinceMs: noonMs - 1, notBeforeMs: noonMs + 650 });
    await clock.pass(1_000);

    expect(answers.map(({ name, atMs }) => [name, atMs])).toEqual([
      ['a', 500],
      ['b', 600],
      ['a again', 700],
      ['c', 800],
    ]);
    expect(new Set(slots().map(({ atMs }) => atMs)).size).toBe(4);
  });
});

describe('a turn after a refusal', () => {
  const turn = (hintMs: number | undefined, deadlineMs = 60_000) =>
    turnAfterRefusal(hintMs, 1_000, deadlineMs, () => 0.5);

  it('comes after the hint and up to as much again; a second where there is none', () => {
    expect(turn(4_000)).toEqual({ kind: 'again', atMs: 7_000 });
    expect(turn(undefined)).toEqual({ kind: 'again', atMs: 2_500 });
  });

  it('is parked where it would come after the deadline', () => {
    expect(turn(4_000, 7_000)).toEqual({ kind: 'park', atMs: 7_000 });
  });
});

describe('two processes', () => {
  it('share one line of slots', async () => {
    const one = oneProcess();
    const other = governor({ ...one.options, random: () => 0.9 });
    const second = asking(other, one.clock.nowMs);

    for (const name of ['a', 'b', 'c']) {
      one.ask(name);
      second.ask(name);
    }
    await one.clock.pass(10_000);

    const timesMs = [...one.slots(), ...second.slots()].map(({ atMs }) => atMs);
    const sorted = timesMs.toSorted((left, right) => left - right);
    expect(sorted).toHaveLength(6);
    for (const [index, atMs] of sorted.entries()) {
      if (index > 0) expect(atMs - (sorted[index - 1] ?? 0)).toBeGreaterThan(99);
    }
  });
});

describe('lanes in one process', () => {
  it('lend slots that their own photos have left', async () => {
    const { clock, ask, answers } = oneProcess();
    const controller = new AbortController();
    for (const name of ['x', 'y', 'z']) ask(name, 'backfill', { signal: controller.signal });
    await clock.pass(500);
    controller.abort();

    ask('live photo');
    await clock.pass(100);

    expect(answers.at(-1)).toMatchObject({
      name: 'live photo',
      atMs: 600,
      answer: { slot: { lane: 'backfill' } },
    });
  });
});

describe('calls that are paused', () => {
  it('by a setting get no slot and ask no store', async () => {
    const { clock, ask, answers, process, memory } = oneProcess({ pausedBecause: 'moving house' });

    ask('a');
    await clock.pass(0);

    expect(answers).toMatchObject([
      { answer: { code: 'QUOTA_PAUSED', detail: 'calls are paused: moving house' } },
    ]);
    expect(process.stats()).toMatchObject({ mode: 'paused', pausedBecause: 'moving house' });
    expect(process.timeToDrain({ live: 1 })).toEqual({ kind: 'paused', reason: 'moving house' });
    expect((await memory.get()).found).toBeUndefined();
  });

  it('by the shared flag park what waits, and go on once it is lifted', async () => {
    const { clock, ask, answers, store } = oneProcess();
    await setPause(store, 'new key', even, noonMs);
    ask('a');
    await clock.pass(1_000);
    await setPause(store, '', even, noonMs);
    await clock.pass(1_000);
    ask('b');
    await clock.pass(1_000);

    expect(answers).toMatchObject([
      { name: 'a', answer: { code: 'QUOTA_PAUSED', detail: 'calls are paused: new key' } },
      { name: 'b', answer: { kind: 'slot' } },
    ]);
  });
});

describe('a month that is spent', () => {
  const monthly = { ...even, monthlyCallCount: 2 };
  const decemberMs = Date.parse('2026-12-01');

  it('parks the rest until the 1st, 00:00 UTC', async () => {
    const { clock, ask, answers, process } = oneProcess({ limits: monthly });
    for (const name of ['a', 'b', 'c']) ask(name);
    await clock.pass(2_000);

    const byName = new Map(answers.map(({ name, answer }) => [name, answer]));
    expect([byName.get('a')?.kind, byName.get('b')?.kind]).toEqual(['slot', 'slot']);
    const parked = byName.get('c');
    expect(parked).toMatchObject({ kind: 'parkUntil', code: 'QUOTA_EXHAUSTED' });
    expect(parked?.kind === 'parkUntil' && parked.atMs - decemberMs).toBeLessThan(90_000);
    expect(process.stats()).toMatchObject({ mode: 'exhausted', blockedUntilMs: decemberMs });
  });

  it('is told to the whole fleet when the service says it', async () => {
    const { clock, ask, answers, process, slots, state } = oneProcess();
    ask('a');
    await clock.pass(1_000);
    const [slot] = slots();
    if (slot) process.report(slot, { kind: 'exhausted', retryAfterMs: 3_600_000 });

    ask('b');
    await clock.pass(2_000);

    expect(answers[1]).toMatchObject({ name: 'b', answer: { code: 'QUOTA_EXHAUSTED' } });
    expect((await state())?.exhaustedUntilMs).toBeGreaterThan(noonMs + 3_600_000);
  });
});

it('lets every call go at once where there is no quota to share', async () => {
  const free = unlimited(() => noonMs);
  const wish = { lane: 'live', sinceMs: 0, notBeforeMs: 0, deadlineMs: 0, signal: never } as const;

  expect(await free.acquire(wish)).toMatchObject({ kind: 'slot', slot: { atMs: noonMs } });
  expect(free.stats().mode).toBe('unlimited');
});

it('says how much is reserved, who waits and since when', async () => {
  const { clock, ask, process } = oneProcess();
  for (let index = 0; index < 20; index += 1) ask(`${index}`, index < 15 ? 'live' : 'shadow');
  await clock.pass(550);

  const stats = process.stats();

  expect(stats).toMatchObject({ mode: 'shared', perSecond: 10, queueAgeMs: 550 });
  expect(stats.waiting.live + stats.waiting.shadow).toBe(19);
  expect(stats.headroomRatio).toBeLessThan(0.95);
  expect(stats.counts).toMatchObject({ readCount: 1, givenCount: 1 });
});
