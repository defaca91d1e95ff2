import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type LifetimeHooks, processLifetime } from '../../../functions/lifetime.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The host's side: its hooks as functions to call. */
function hostOf(close: () => Promise<void>, flush = async (_limitMs: number) => {}) {
  const lifetime = processLifetime();
  const called = new Map<string, () => unknown>();
  const register = (name: string) => (callback: () => unknown) => {
    called.set(name, callback);
    return { dispose: () => {} };
  };
  const hooks: unknown = {
    preInvocation: register('begin'),
    postInvocation: register('end'),
    appTerminate: register('terminate'),
  };
  lifetime.endGracefully(hooks as LifetimeHooks, { close, flush });
  const call = (name: string) => called.get(name)?.();
  return {
    stopping: lifetime.stopping,
    begin: () => void call('begin'),
    end: () => void call('end'),
    terminate: () => Promise.resolve(call('terminate')),
  };
}

it('says that the process is to end, waits for what runs, then closes', async () => {
  const seen: string[] = [];
  const host = hostOf(async () => void seen.push('closed'));
  for (const _ of [1, 2]) host.begin();

  const ended = (async () => {
    await host.terminate();
    seen.push('ended');
  })();
  expect(host.stopping.aborted).toBe(true);
  host.end();
  await vi.advanceTimersByTimeAsync(3_000);
  seen.push('one left');
  host.end();
  await ended;

  expect(seen).toEqual(['one left', 'closed', 'ended']);
});

it('ends within the five seconds of the host whatever still runs or hangs', async () => {
  const host = hostOf(() => new Promise(() => {}));
  host.begin();
  let isEnded = false;

  const ended = (async () => {
    await host.terminate();
    isEnded = true;
  })();
  await vi.advanceTimersByTimeAsync(4_499);
  const before = isEnded;
  await vi.advanceTimersByTimeAsync(1);
  await ended;

  expect(before).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

it('ends at once where nothing runs, and counts an invocation that failed as ended', async () => {
  const host = hostOf(() => Promise.resolve());
  host.begin();
  host.end();

  await host.terminate();

  expect(vi.getTimerCount()).toBe(0);
});
