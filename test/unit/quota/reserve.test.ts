import { describe, expect, it } from 'vitest';
import { noLane } from '../../../shared/quota/lanes.ts';
import { reserve } from '../../../shared/quota/reserve.ts';
import { even, noonMs, stateWith, wanting } from '../../helpers/quota.ts';

const reserveAt = (state: Parameters<typeof reserve>[0], nowMs: number, count: number) =>
  reserve(state, nowMs, wanting({ live: count }), even);

describe('slots', () => {
  it('are spaced evenly from now on, and the next ones follow', () => {
    const first = reserveAt(stateWith(), noonMs, 2);
    const state = first.kind === 'slots' ? first.state : stateWith();
    const second = reserveAt(state, noonMs + 10, 1);

    expect(first).toMatchObject({
      slots: [{ atMs: noonMs }, { atMs: noonMs + 100 }],
      state: { tatMs: noonMs + 200, usedCount: 2 },
    });
    expect(second).toMatchObject({ slots: [{ atMs: noonMs + 200 }] });
  });

  it('are not saved up while nobody calls', () => {
    const state = stateWith({ tatMs: noonMs - 3_600_000 });

    expect(reserveAt(state, noonMs, 3)).toMatchObject({
      slots: [{ atMs: noonMs }, { atMs: noonMs + 100 }, { atMs: noonMs + 200 }],
    });
  });

  it('come ten at a time at most, two at a time where two a second are granted', () => {
    const slow = stateWith({ perSecond: 2 });

    expect(reserveAt(stateWith(), noonMs, 50)).toMatchObject({ slots: { length: 10 } });
    expect(reserveAt(slow, noonMs, 50)).toMatchObject({ slots: { length: 2 } });
  });

  it('are denied beyond the horizon of ten seconds, with the time there may be some', () => {
    const full = stateWith({ tatMs: noonMs + 10_001 });

    expect(reserveAt(full, noonMs, 1)).toEqual({ kind: 'denied', untilMs: noonMs + 1 });
    expect(reserveAt(full, noonMs + 1, 1).kind).toBe('slots');
  });

  it('carry the generation of the rate they were given at', () => {
    expect(reserveAt(stateWith({ generation: 7 }), noonMs, 1)).toMatchObject({
      slots: [{ generation: 7 }],
    });
  });
});

describe('the month', () => {
  const monthly = { ...even, monthlyCallCount: 10_000 };
  const ask = (usedCount: number, nowMs = noonMs) =>
    reserve(stateWith({ usedCount }), nowMs, wanting({ live: 5 }), monthly);

  it('gives what is left of it, then nothing until the 1st at 00:00 UTC', () => {
    expect(ask(9_998)).toMatchObject({ slots: { length: 2 }, state: { usedCount: 10_000 } });
    expect(ask(10_000)).toEqual({ kind: 'exhausted', untilMs: Date.parse('2026-12-01') });
  });

  it('begins anew on the 1st', () => {
    expect(ask(10_000, Date.parse('2026-12-01'))).toMatchObject({
      state: { month: '2026-12', usedCount: 5 },
    });
  });

  it('does not come back for a clock that is a little behind', () => {
    const state = stateWith({ month: '2026-12', usedCount: 10_000 });

    expect(reserve(state, noonMs, wanting({ live: 1 }), monthly).kind).toBe('exhausted');
  });

  it('is over when the service says so', () => {
    const state = stateWith({ exhaustedUntilMs: noonMs + 5_000 });

    expect(reserveAt(state, noonMs, 1)).toEqual({ kind: 'exhausted', untilMs: noonMs + 5_000 });
    expect(reserveAt(state, noonMs + 5_000, 1).kind).toBe('slots');
  });
});

it('gives nothing while calls are paused, and says why', () => {
  const state = stateWith({ pausedBecause: 'new model' });

  expect(reserveAt(state, noonMs, 1)).toEqual({ kind: 'paused', reason: 'new model' });
});

describe('lanes', () => {
  const both = wanting({ live: 9, backfill: 9 });

  it('share a chunk by their weights', () => {
    const answer = reserve(stateWith(), noonMs, both, even);
    const given = answer.kind === 'slots' ? answer.slots.map(({ lane }) => lane) : [];

    expect(given.filter((lane) => lane === 'backfill')).toHaveLength(1);
    expect(given.filter((lane) => lane === 'live')).toHaveLength(9);
  });

  it('get all of it where nobody else asks', () => {
    expect(reserve(stateWith(), noonMs, wanting({ shadow: 10 }), even)).toMatchObject({
      slots: { length: 10 },
    });
  });

  it('leave the near future free for others once they have had their share', () => {
    const use = { ...noLane, live: 90, backfill: 1 };
    const state = stateWith({ use, tatMs: noonMs + 2_001 });

    expect(reserve(state, noonMs, wanting({ live: 1 }), even).kind).toBe('denied');
    expect(reserve(state, noonMs, wanting({ backfill: 1 }), even).kind).toBe('slots');
  });

  it('behind their share get in beyond what others can fill', () => {
    const use = { ...noLane, live: 98 };
    const state = stateWith({ use, tatMs: noonMs + 13_000 });

    expect(reserve(state, noonMs, wanting({ live: 1 }), even).kind).toBe('denied');
    expect(reserve(state, noonMs, wanting({ backfill: 1 }), even).kind).toBe('slots');
  });

  it('of the background keep the queue of slots short even when alone', () => {
    const state = stateWith({ tatMs: noonMs + 2_001 });

    expect(reserve(state, noonMs, wanting({ backfill: 1 }), even).kind).toBe('denied');
    expect(reserve(state, noonMs, wanting({ live: 1 }), even).kind).toBe('slots');
  });

  it('are forgiven what they used a while ago', () => {
    const use = { ...noLane, live: 90, backfill: 1 };
    const state = stateWith({ use, tatMs: noonMs + 70_000 });

    expect(reserve(state, noonMs + 65_000, wanting({ live: 1 }), even).kind).toBe('slots');
  });
});
