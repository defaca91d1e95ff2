import { describe, expect, it } from 'vitest';
import { memoryQuotaStore } from '../../../shared/adapters/memory/memoryQuotaStore.ts';
import { governor } from '../../../shared/quota/governor.ts';
import { asking, oneProcess } from '../../helpers/governed.ts';
import { even, manualClock, noonMs } from '../../helpers/quota.ts';

describe('while the store is away', () => {
  it('a process goes on at nine tenths of its own pace, and comes back by itself', async () => {
    const { clock, ask, answers, setAway, process, slots } = oneProcess();
    for (let index = 0; index < 1_000; index += 1) ask(`${index}`, 'live', { waitMs: 200_000 });
    await clock.pass(40_000);
    const before = answers.length;
    setAway(true);
    await clock.pass(12_000);
    const mode = process.stats().mode;
    const inAnHour = answers.length;
    await clock.pass(10_000);
    const alone = answers.length - inAnHour;
    setAway(false);
    await clock.pass(20_000);

    expect(before).toBeGreaterThan(380);
    expect(mode).toBe('alone');
    expect(alone).toBeGreaterThan(80);
    expect(alone).toBeLessThan(100);
    expect(slots().some(({ generation }) => generation === undefined)).toBe(true);
    expect(process.stats().mode).toBe('shared');
  });

  it('two calls to it that fail in a row send nobody off, the third does', async () => {
    const modesAfter = async (callCount: number) => {
      const { clock, ask, setAway, process } = oneProcess();
      for (let index = 0; index < 1_000; index += 1) ask(`${index}`, 'live', { waitMs: 200_000 });
      await clock.pass(40_000);
      setAway(true, callCount);
      const modes = new Set<string>();
      for (let tick = 0; tick < 100; tick += 1) {
        await clock.pass(100);
        modes.add(process.stats().mode);
      }
      return modes;
    };

    expect(await modesAfter(2)).toEqual(new Set(['shared']));
    expect(await modesAfter(3)).toContain('alone');
  });

  it('a process that has sent nothing asks once in fifty seconds', async () => {
    const { clock, ask, answers, setAway } = oneProcess();
    setAway(true);
    for (let index = 0; index < 10; index += 1) ask(`${index}`, 'live', { waitMs: 300_000 });
    await clock.pass(100_000);

    expect(answers.length).toBeGreaterThan(0);
    expect(answers.length).toBeLessThan(4);
  });

  it('refusals slow it down, answers let it feel its way up', async () => {
    const { clock, ask, process, setAway } = oneProcess();
    for (let index = 0; index < 500; index += 1) ask(`${index}`, 'live', { waitMs: 300_000 });
    await clock.pass(30_000);
    setAway(true);
    await clock.pass(15_000);
    const own = { atMs: 0, lane: 'live', generation: undefined } as const;
    const before = process.stats().perSecond;

    process.report(own, { kind: 'refused' });
    const slower = process.stats().perSecond;
    process.report(own, { kind: 'accepted' });

    expect(slower).toBeCloseTo(before * 0.7);
    expect(process.stats().perSecond).toBeCloseTo(slower + 0.05);
  });
});

describe('a process that stops', () => {
  it('lets its slots go and tells those that wait', async () => {
    const { clock, ask, answers, process } = oneProcess();
    for (const name of ['a', 'b', 'c']) ask(name);
    await clock.pass(500);

    process.stop();
    ask('d');
    await clock.pass(60_000);

    expect(answers.map(({ name, answer }) => [name, answer.kind])).toEqual([
      ['a', 'slot'],
      ['b', 'parkUntil'],
      ['c', 'parkUntil'],
      ['d', 'parkUntil'],
    ]);
    expect(answers[3]).toMatchObject({ answer: { code: 'QUOTA_STOPPING' } });
  });
});

describe('the clock', () => {
  it('that is a minute ahead is put right before the first slot is taken', async () => {
    const server = manualClock();
    const memory = memoryQuotaStore(server.nowMs);
    const ahead = { ...server, nowMs: () => server.nowMs() + 60_000 };
    const options = { limits: even, store: memory, waitBudgetMs: 20_000, pausedBecause: undefined };
    const process = governor({ ...options, ...ahead, random: () => 0.5 });
    const { ask, slots } = asking(process, ahead.nowMs);

    ask('a');
    await server.pass(3_000);

    expect(Math.abs((slots()[0]?.atMs ?? 0) - noonMs)).toBeLessThan(2_000);
    expect(process.stats().clockOffsetMs).toBeLessThan(-59_000);
  });
});
