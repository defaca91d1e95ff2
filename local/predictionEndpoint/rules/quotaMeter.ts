/** The quota of the whole prediction resource: calls per second, and per month on the free tier. */
import { z } from 'zod';
import { type RateWindow, rateWindow } from './rateWindow.ts';

/** Source: Custom Vision limits and quotas, 2026-11-23: S0 takes 10, nostore 20; F0 takes 2. */
export const quotaRuleSchema = z.strictObject({
  callsPerSecond: z.number().min(1).optional(),
  window: z.enum(['sliding', 'fixed', 'bucket']).optional(),
  /** Free tier: 10,000. Refused with 403, not 429. */
  callsPerMonth: z.number().int().min(0).optional(),
  /** Refused calls use slots up too. Unknown of the real gateway; off unless set. */
  countsRefused: z.boolean().optional(),
  /** Send `Retry-After` beside the text that says the same. Off unless set. */
  retryAfterHeader: z.boolean().optional(),
});

export type QuotaRule = Readonly<z.input<typeof quotaRuleSchema>>;

export type QuotaDecision =
  | { readonly kind: 'granted' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number; readonly withHeader: boolean }
  | { readonly kind: 'outOfCallVolume'; readonly resetInSeconds: number };

export interface QuotaMeter {
  readonly take: () => QuotaDecision;
  /** @param rule - `undefined` lifts every limit. Starts a new second and a new month. */
  readonly setRule: (rule: QuotaRule | undefined) => void;
}

/** Source: quota period of the account's usage record, 30.00:00:00, 2026-11-23. */
const monthMs = 30 * 24 * 3_600_000;

export function quotaMeter(nowMs: () => number, firstRule: QuotaRule | undefined): QuotaMeter {
  let state = meterState(firstRule, nowMs());
  return {
    take: () => take(state, nowMs()),
    setRule(rule) {
      state = meterState(rule, nowMs());
    },
  };
}

interface MeterState {
  readonly rule: QuotaRule;
  readonly rate: RateWindow | undefined;
  monthStartMs: number;
  monthCallCount: number;
}

function meterState(rule: QuotaRule | undefined, atMs: number): MeterState {
  const checked = quotaRuleSchema.parse(rule ?? {});
  const { callsPerSecond, window = 'sliding', countsRefused = false } = checked;
  return {
    rule: checked,
    rate: callsPerSecond ? rateWindow(window, callsPerSecond, countsRefused) : undefined,
    monthStartMs: atMs,
    monthCallCount: 0,
  };
}

function take(state: MeterState, atMs: number): QuotaDecision {
  const { rule, rate } = state;
  const waitMs = rate?.take(atMs) ?? 0;
  if (waitMs > 0) {
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
    return { kind: 'throttled', retryAfterSeconds, withHeader: rule.retryAfterHeader ?? false };
  }
  if (atMs >= state.monthStartMs + monthMs) {
    state.monthStartMs = atMs;
    state.monthCallCount = 0;
  }
  if (state.monthCallCount >= (rule.callsPerMonth ?? Number.POSITIVE_INFINITY)) {
    const resetMs = state.monthStartMs + monthMs - atMs;
    return { kind: 'outOfCallVolume', resetInSeconds: Math.ceil(resetMs / 1_000) };
  }
  state.monthCallCount += 1;
  return { kind: 'granted' };
}
