import { describe, expect, it } from 'vitest';
import { type QuotaRule, quotaMeter } from '../../../local/predictionEndpoint/rules/quotaMeter.ts';

const dayMs = 24 * 3_600_000;

function meter(rule: QuotaRule | undefined) {
  const clock = { atMs: 0 };
  const { take, setRule } = quotaMeter(() => clock.atMs, rule);
  return { clock, setRule, take: () => take('nostore') };
}

it('grants everything without a rule', () => {
  const { take } = meter(undefined);

  const decisions = Array.from({ length: 100 }, take);

  expect(decisions.every(({ kind }) => kind === 'granted')).toBe(true);
});

it('asks for whole seconds, one at least', () => {
  const { take, clock } = meter({ callsPerSecond: 1, window: 'sliding', countsRefused: true });
  take();
  clock.atMs = 999;

  expect(take()).toEqual({
    kind: 'throttled',
    retryAfterSeconds: 1,
    retryAfter: 'text',
    tier: 'S0',
  });
});

it('spends the month only on calls the second has room for', () => {
  const { take, clock } = meter({ callsPerSecond: 1, callsPerMonth: 2 });

  const burst = [take(), take(), take()];
  clock.atMs = 1_000;
  const second = take();
  clock.atMs = 2_000;
  const third = take();

  expect(burst.map(({ kind }) => kind)).toEqual(['granted', 'throttled', 'throttled']);
  expect(second).toEqual({ kind: 'granted' });
  expect(third).toEqual({ kind: 'outOfCallVolume', resetInSeconds: 30 * 86_400 - 2 });
});

it('starts the month anew after thirty days', () => {
  const { take, clock } = meter({ callsPerMonth: 1 });
  take();

  clock.atMs = 30 * dayMs - 1;
  const before = take();
  clock.atMs += 1;
  const after = [take(), take()];

  expect(before.kind).toBe('outOfCallVolume');
  expect(after.map(({ kind }) => kind)).toEqual(['granted', 'outOfCallVolume']);
});

it('starts the second anew with a new rule', () => {
  const { take, setRule } = meter({ callsPerSecond: 1 });
  take();

  setRule({ callsPerSecond: 1 });

  expect([take().kind, take().kind]).toEqual(['granted', 'throttled']);
});

it('does not take a rate below one call a second', () => {
  const { setRule } = meter(undefined);

  expect(() => setRule({ callsPerSecond: 0 })).toThrow('callsPerSecond');
});

describe('budgets of their own', () => {
  function takes(rule: QuotaRule, operations: readonly ('store' | 'nostore')[]): string[] {
    const { take } = quotaMeter(() => 0, rule);
    return operations.map((operation) => take(operation).kind);
  }

  it('let storing calls and the others pass without regard to each other', () => {
    const rule = { perOperation: { store: 1, nostore: 2 } };

    expect(takes(rule, ['store', 'store', 'nostore', 'nostore', 'nostore'])).toEqual([
      'granted',
      'throttled',
      'granted',
      'granted',
      'throttled',
    ]);
  });

  it('hold beside the one for all', () => {
    const rule = { callsPerSecond: 2, perOperation: { store: 1, nostore: 5 } };

    expect(takes(rule, ['nostore', 'store', 'nostore'])).toEqual([
      'granted',
      'granted',
      'throttled',
    ]);
  });
});

it.each([
  [{ callsPerSecond: 1 }, 'S0'],
  [{ callsPerSecond: 1, callsPerMonth: 9 }, 'F0'],
  [{ callsPerSecond: 1, tier: 'F0' }, 'F0'],
] as const)('names the tier of %o %s', (rule, tier) => {
  const { take } = meter(rule);
  take();

  expect(take()).toMatchObject({ tier });
});
