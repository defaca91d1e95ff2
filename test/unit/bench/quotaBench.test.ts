import { describe, expect, it } from 'vitest';
import { holds } from '../../../bench/measure.ts';
import { endpoint } from '../../../bench/quota/endpoint.ts';
import { meanOf } from '../../../bench/quota/meanOf.ts';
import { measuresOf } from '../../../bench/quota/runMeasures.ts';
import { quickSet, strategyNames } from '../../../bench/quota/scenarioSet.ts';
import { virtualTime } from '../../../bench/quota/virtualTime.ts';

const runs = quickSet();
const governed = (instanceCount: number, load: number, note = '') => {
  const found = runs.find(
    (run) =>
      run.strategy === 'governor' &&
      run.scenario.instanceCount === instanceCount &&
      run.scenario.load.live === load &&
      run.note === note,
  );
  if (!found) throw new Error('no such run');
  return found;
};

it('says the same for the same seed, and not for another', () => {
  const run = governed(4, 2);

  expect(measuresOf(run, 7)).toEqual(measuresOf(run, 7));
  expect(measuresOf(run, 7)).not.toEqual(measuresOf(run, 8));
});

it.each([
  [1, 2, ''],
  [16, 10, ''],
  [16, 0.95, ''],
  [16, 2, 'skew=60s'],
  [16, 2, 'outage=after'],
  [16, 2, 'crash=half'],
])('holds its targets with %i instances at %f times the quota %s', (instances, load, note) => {
  const run = governed(instances, load, note);

  const measures = meanOf([1, 2, 3].map((seed) => measuresOf(run, seed)));

  expect(measures.filter((measure) => holds(measure) === false)).toEqual([]);
});

it('has every strategy in its set, and every measure by its name', () => {
  const names = measuresOf(governed(4, 0.5), 1).map(({ name }) => name);

  expect(new Set(runs.map(({ strategy }) => strategy))).toEqual(new Set(strategyNames));
  expect(names).toEqual(
    expect.arrayContaining([
      'goodputRatio',
      'throttledRatio',
      'waitP95Ms',
      'overrunRatio',
      'storeOpsPerSecond',
    ]),
  );
});

it('names its cases by strategy, instances, load and window', () => {
  expect(measuresOf(governed(16, 2, 'skew=2s'), 1)[0]?.case).toBe(
    'strategy=governor,instances=16,load=2x,window=bucket,skew=2s',
  );
});

describe('the simulated endpoint', () => {
  const admitted = (window: 'bucket' | 'aligned' | 'sliding', callsAtMs: number[], change = {}) => {
    const model = { window, burstCount: 2, refusedCosts: false, ...change };
    const service = endpoint(model, 2);
    return callsAtMs.map((atMs) => service.call(atMs));
  };

  it('lets a burst in and then one call at a time, as a bucket', () => {
    expect(admitted('bucket', [0, 0, 0, 499, 500])).toEqual([true, true, false, false, true]);
  });

  it('takes refused calls for used where they cost', () => {
    expect(admitted('bucket', [0, 0, 0, 500], { refusedCosts: true })).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('starts anew with each whole second, aligned', () => {
    expect(admitted('aligned', [900, 900, 900, 1_000])).toEqual([true, true, false, true]);
  });

  it('counts any second, sliding', () => {
    expect(admitted('sliding', [900, 950, 1_100, 1_900, 1_901])).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
  });
});

it('runs what is due in its order, and not what was called off', () => {
  const time = virtualTime(0);
  const ran: string[] = [];
  time.after(2, () => ran.push('third'));
  time.after(1, () => ran.push('first'));
  time.after(1, () => ran.push('second'));
  time.after(1, () => ran.push('off'))();
  time.after(4, () => ran.push('too late'));

  time.runUntil(3);

  expect(ran).toEqual(['first', 'second', 'third']);
  expect(time.nowMs()).toBe(3);
});
