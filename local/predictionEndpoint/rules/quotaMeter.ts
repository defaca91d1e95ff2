/** The quota of the whole prediction resource: calls per second, and per month on the free tier. */
import { z } from 'zod';
import { type RateWindow, rateWindow } from './rateWindow.ts';

const callsPerSecond = z.number().min(1);

export const quotaRuleSchema = z.strictObject({
  /** All calls together. */
  callsPerSecond: callsPerSecond.optional(),
  /**
   * Storing calls and the others each with a budget of its own, beside or instead of the one for all.
   * Source: Custom Vision limits and quotas, 2026-11-23: S0 takes 10 and 20, F0 takes 2 and 2.
   */
  perOperation: z.strictObject({ store: callsPerSecond, nostore: callsPerSecond }).optional(),
  window: z.enum(['sliding', 'aligned', 'bucket']).optional(),
  /** For the bucket: how many calls pass at once. Left out: as many as in one second. */
  burst: z.number().int().min(1).max(20).optional(),
  /** Free tier: 10,000. Refused with 403, not 429. */
  callsPerMonth: z.number().int().min(0).optional(),
  /** Refused calls use slots up too. Unknown of the real gateway; off unless set. */
  countsRefused: z.boolean().optional(),
  /** Where a 429 says how long to wait: in its text (the default), there and in a header, nowhere. */
  retryAfter: z.enum(['text', 'header', 'none']).optional(),
  /** The tier that refusals name. Left out: F0 where the month has a limit, else S0. */
  tier: z.enum(['F0', 'S0']).optional(),
});

export type QuotaRule = Readonly<z.input<typeof quotaRuleSchema>>;
export type Tier = 'F0' | 'S0';

export type QuotaDecision =
  | { readonly kind: 'granted' }
  | {
      readonly kind: 'throttled';
      readonly retryAfterSeconds: number;
      readonly retryAfter: 'text' | 'header' | 'none';
      readonly tier: Tier;
    }
  | { readonly kind: 'outOfCallVolume'; readonly resetInSeconds: number };

export type Operation = 'store' | 'nostore';

export interface QuotaMeter {
  readonly take: (operation: Operation) => QuotaDecision;
  /** @param rule - `undefined` lifts every limit. Starts a new second and a new month. */
  readonly setRule: (rule: QuotaRule | undefined) => void;
  readonly rule: () => QuotaRule;
}

/** Source: quota period of the account's usage record, 30.00:00:00, 2026-11-23. */
const monthMs = 30 * 24 * 3_600_000;

export function quotaMeter(nowMs: () => number, firstRule: QuotaRule | undefined): QuotaMeter {
  let state = meterState(firstRule, nowMs());
  return {
    take: (operation) => take(state, operation, nowMs()),
    setRule(rule) {
      state = meterState(rule, nowMs());
    },
    rule: () => state.rule,
  };
}

interface MeterState {
  readonly rule: QuotaRule;
  readonly rates: Readonly<Record<Operation, readonly RateWindow[]>>;
  monthStartMs: number;
  monthCallCount: number;
}

function meterState(rule: QuotaRule | undefined, atMs: number): MeterState {
  const checked = quotaRuleSchema.parse(rule ?? {});
  const { window = 'sliding', burst, countsRefused = false, perOperation } = checked;
  const windowFor = (rate: number | undefined) =>
    rate === undefined ? [] : [rateWindow({ window, burst, countsRefused, callsPerSecond: rate })];
  const shared = windowFor(checked.callsPerSecond);
  return {
    rule: checked,
    rates: {
      store: [...windowFor(perOperation?.store), ...shared],
      nostore: [...windowFor(perOperation?.nostore), ...shared],
    },
    monthStartMs: atMs,
    monthCallCount: 0,
  };
}

function take(state: MeterState, operation: Operation, atMs: number): QuotaDecision {
  const waitMs = waitOf(state.rates[operation], atMs);
  if (waitMs > 0) return throttled(state.rule, waitMs);
  if (atMs >= state.monthStartMs + monthMs) {
    state.monthStartMs = atMs;
    state.monthCallCount = 0;
  }
  if (state.monthCallCount >= (state.rule.callsPerMonth ?? Number.POSITIVE_INFINITY)) {
    const resetMs = state.monthStartMs + monthMs - atMs;
    return { kind: 'outOfCallVolume', resetInSeconds: Math.ceil(resetMs / 1_000) };
  }
  state.monthCallCount += 1;
  return { kind: 'granted' };
}

/** The operation's own budget first: what it refuses costs the others nothing. */
function waitOf(windows: readonly RateWindow[], atMs: number): number {
  for (const window of windows) {
    const waitMs = window.take(atMs);
    if (waitMs > 0) return waitMs;
  }
  return 0;
}

function throttled(rule: QuotaRule, waitMs: number): QuotaDecision {
  return {
    kind: 'throttled',
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
    retryAfter: rule.retryAfter ?? 'text',
    tier: rule.tier ?? (rule.callsPerMonth === undefined ? 'S0' : 'F0'),
  };
}
