import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../../shared/adapters/system/clock.ts';

const hourMs = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

it.each([-hourMs, hourMs])(
  'goes on evenly though the machine’s clock is set back or ahead (%i ms)',
  (jumpMs) => {
    const beforeMs = systemClock.nowMs();

    vi.setSystemTime(Date.now() + jumpMs);

    const elapsedMs = systemClock.nowMs() - beforeMs;
    expect(elapsedMs).toBeGreaterThanOrEqual(0);
    expect(elapsedMs).toBeLessThan(hourMs / 2);
  },
);
