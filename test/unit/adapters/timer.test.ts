import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { after } from '../../../shared/adapters/system/timer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('runs once its time has come, unless it was called off', () => {
  const ran: string[] = [];
  after(50, () => ran.push('kept'));
  const cancel = after(50, () => ran.push('called off'));

  cancel();
  vi.advanceTimersByTime(49);
  const before = [...ran];
  vi.advanceTimersByTime(1);

  expect(before).toEqual([]);
  expect(ran).toEqual(['kept']);
});
