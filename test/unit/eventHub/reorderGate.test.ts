import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { reorderGate } from '../../../local/eventHub/reorderGate.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('lets go in the reverse order when the window ends, and not before', () => {
  const released: string[] = [];
  const gate = reorderGate();
  for (const name of ['a', 'b', 'c']) gate.hold(() => released.push(name), 50);

  vi.advanceTimersByTime(49);
  expect(released).toEqual([]);
  vi.runAllTimers();

  expect(released).toEqual(['c', 'b', 'a']);
});

it('opens a new window for what comes after', () => {
  const released: string[] = [];
  const gate = reorderGate();
  gate.hold(() => released.push('a'), 50);
  vi.advanceTimersByTime(50);
  gate.hold(() => released.push('b'), 50);
  gate.hold(() => released.push('c'), 50);

  vi.runAllTimers();

  expect(released).toEqual(['a', 'c', 'b']);
});

it('forgets what was taken out again', () => {
  const released: string[] = [];
  const gate = reorderGate();
  gate.hold(() => released.push('a'), 50);
  const takeOut = gate.hold(() => released.push('b'), 50);

  takeOut();
  vi.runAllTimers();

  expect(released).toEqual(['a']);
});
