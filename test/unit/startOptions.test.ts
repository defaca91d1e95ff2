import { describe, expect, it } from 'vitest';
import { readStartOptions } from '../../local/startOptions.ts';

describe('the options of npm start', () => {
  it('leave the host open to everyone unless keys are asked for', () => {
    expect(readStartOptions([]).world.functions).toBeUndefined();
    expect(readStartOptions(['--keys']).world.functions).toStrictEqual({ authorization: 'keys' });
  });

  it('that nobody knows are refused with those there are', () => {
    expect(() => readStartOptions(['--kies'])).toThrow(/--kies[^]*npm start -- \[options\]/);
  });
});
