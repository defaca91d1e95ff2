/**
 * AWS's adaptive retry mode: a token bucket per client whose rate follows CUBIC.
 * Source: AWS SDK retry behaviour, adaptive mode, and its constants, 2026-11-23.
 */
import { type Fleet, type Instance, type Item, retryAfterMs, type Strategy } from '../fleet.ts';

const beta = 0.7;
const scale = 0.4;
const smooth = 0.8;
const lowestPerSecond = 0.5;
const lowestCapacity = 1;
const backoffCapMs = 20_000;
const windowMs = 500;

interface Limiter {
  /** Off until the first refusal. */
  isOn: boolean;
  perSecond: number;
  capacity: number;
  tokens: number;
  filledAtMs: number;
  /** Measured, smoothed. */
  sentPerSecond: number;
  windowAtMs: number;
  windowCount: number;
  lastMaxPerSecond: number;
  refusedAtMs: number;
}

export function adaptive(fleet: Fleet): Strategy {
  const limiters = new Map<number, Limiter>();
  const { time, draws } = fleet;
  const attempt = (instance: Instance, item: Item, refusedCount: number): void => {
    const limiter = limiters.get(instance.index);
    if (!limiter) return;
    const waitMs = takeToken(limiter, time.nowMs());
    if (waitMs > 0) {
      fleet.after(instance, waitMs, () => attempt(instance, item, refusedCount));
      return;
    }
    fleet.call(instance, item, (isAccepted) => {
      update(limiter, time.nowMs(), !isAccepted);
      if (isAccepted) return;
      const backoffMs = draws.uniform() * Math.min(backoffCapMs, 1_000 * 2 ** refusedCount);
      const againMs = Math.max(backoffMs, Math.min(retryAfterMs, backoffMs + 5_000));
      fleet.after(instance, againMs, () => attempt(instance, item, refusedCount + 1));
    });
  };
  return {
    start: (instance) => void limiters.set(instance.index, newLimiter(time.nowMs())),
    submit: (instance, item) => attempt(instance, item, 0),
  };
}

function newLimiter(nowMs: number): Limiter {
  return {
    isOn: false,
    perSecond: lowestPerSecond,
    capacity: lowestCapacity,
    tokens: 0,
    filledAtMs: nowMs,
    sentPerSecond: 0,
    windowAtMs: Math.floor(nowMs / windowMs) * windowMs,
    windowCount: 0,
    lastMaxPerSecond: 0,
    refusedAtMs: nowMs,
  };
}

function fill(limiter: Limiter, nowMs: number): void {
  const gained = ((nowMs - limiter.filledAtMs) / 1_000) * limiter.perSecond;
  limiter.tokens = Math.min(limiter.capacity, limiter.tokens + gained);
  limiter.filledAtMs = nowMs;
}

/** @returns how long to wait, or 0 where a token was taken. */
function takeToken(limiter: Limiter, nowMs: number): number {
  if (!limiter.isOn) return 0;
  fill(limiter, nowMs);
  if (limiter.tokens >= 1 - 1e-9) {
    limiter.tokens -= 1;
    return 0;
  }
  return Math.max(1, (1_000 * (1 - limiter.tokens)) / limiter.perSecond);
}

function measure(limiter: Limiter, nowMs: number): void {
  const windowAtMs = Math.floor(nowMs / windowMs) * windowMs;
  limiter.windowCount += 1;
  if (windowAtMs <= limiter.windowAtMs) return;
  const measured = (1_000 * limiter.windowCount) / (windowAtMs - limiter.windowAtMs);
  limiter.sentPerSecond = measured * smooth + limiter.sentPerSecond * (1 - smooth);
  limiter.windowCount = 0;
  limiter.windowAtMs = windowAtMs;
}

function update(limiter: Limiter, nowMs: number, isRefused: boolean): void {
  measure(limiter, nowMs);
  if (isRefused) {
    const { isOn, sentPerSecond, perSecond } = limiter;
    limiter.lastMaxPerSecond = isOn ? Math.min(sentPerSecond, perSecond) : sentPerSecond;
    limiter.refusedAtMs = nowMs;
    limiter.isOn = true;
  }
  const windowSeconds = Math.cbrt((limiter.lastMaxPerSecond * (1 - beta)) / scale);
  const sinceSeconds = (nowMs - limiter.refusedAtMs) / 1_000;
  const calculated = isRefused
    ? limiter.lastMaxPerSecond * beta
    : scale * (sinceSeconds - windowSeconds) ** 3 + limiter.lastMaxPerSecond;
  fill(limiter, nowMs);
  const next = Math.min(calculated, 2 * limiter.sentPerSecond);
  limiter.perSecond = Math.max(next, lowestPerSecond);
  limiter.capacity = Math.max(next, lowestCapacity);
  limiter.tokens = Math.min(limiter.tokens, limiter.capacity);
}
