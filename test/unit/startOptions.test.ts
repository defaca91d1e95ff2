import { describe, expect, it } from 'vitest';
import { readStartOptions } from '../../local/startOptions.ts';

describe('the options of npm start', () => {
  it('leave the host open to everyone unless keys are asked for', () => {
    expect(readStartOptions([]).world.functions).toBeUndefined();
    expect(readStartOptions(['--keys']).world.functions).toStrictEqual({ authorization: 'keys' });
  });

  it('give the endpoint a quota, and take none that is no number of calls', () => {
    const { prediction } = readStartOptions(['--calls-per-second', '10', '--model', 'x']).world;

    expect(prediction).toStrictEqual({ modelDir: 'x', quota: { callsPerSecond: 10 } });
    expect(readStartOptions([]).world.prediction).toStrictEqual({});
    expect(() => readStartOptions(['--calls-per-second', '0'])).toThrow('from 1 to 1000');
  });

  it('that nobody knows are refused with those there are', () => {
    expect(() => readStartOptions(['--kies'])).toThrow(/--kies[^]*npm start -- \[options\]/);
  });
});
