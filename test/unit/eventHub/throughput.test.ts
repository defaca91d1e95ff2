import { expect, it } from 'vitest';
import { throughputMeter } from '../../../local/eventHub/throughput.ts';

function meter(units?: number) {
  let nowMs = 0;
  const throughput = throughputMeter(() => nowMs, units);
  return {
    throughput,
    after(ms: number) {
      nowMs += ms;
      return throughput;
    },
  };
}

it('lets everything through without units', () => {
  const { throughput } = meter();

  expect(throughput.takeIn(1_000_000, 1e9)).toBe(true);
  throughput.takeOut(1_000_000, 1e9);
  expect(throughput.outWaitMs()).toBe(0);
});

it.each([
  ['events', 1, 1000, 1000],
  ['bytes', 1, 1, 1_048_576],
  ['events of two units', 2, 2000, 1000],
])('takes in a second of %s at once, then nothing until time passes', (_, units, events, bytes) => {
  const { throughput, after } = meter(units);

  expect(throughput.takeIn(events, bytes)).toBe(true);
  expect(throughput.takeIn(1, 1)).toBe(false);
  expect(after(10).takeIn(1, 1)).toBe(true);
});

it('never saves up more than a second', () => {
  const { throughput, after } = meter(1);
  throughput.takeIn(1000, 1000);

  const rested = after(60_000);

  expect(rested.takeIn(1000, 1000)).toBe(true);
  expect(rested.takeIn(1, 1)).toBe(false);
});

it('takes one publication larger than a second of events, and makes up for it', () => {
  const { throughput, after } = meter(1);

  expect(throughput.takeIn(3000, 1000)).toBe(true);
  expect(after(1990).takeIn(1, 1)).toBe(false);
  expect(after(20).takeIn(1, 1)).toBe(true);
});

it('does not count what it refuses', () => {
  const { throughput, after } = meter(1);
  throughput.takeIn(1000, 1000);
  for (let index = 0; index < 100; index += 1) throughput.takeIn(1000, 1000);

  expect(after(1).takeIn(1, 1)).toBe(true);
});

it('slows what goes out down to 4,096 events and 2 MB a second', () => {
  const { throughput, after } = meter(1);
  throughput.takeOut(4096 + 2048, 1000);

  expect(throughput.outWaitMs()).toBe(501);
  expect(after(501).outWaitMs()).toBe(0);
  throughput.takeOut(1, 2_097_152 * 2);
  expect(throughput.outWaitMs()).toBeGreaterThanOrEqual(1000);
});
