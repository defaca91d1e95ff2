/** Selector filters as the clients of several languages write them. */
import { describe, expect, it } from 'vitest';
import { startPosition } from '../../../local/eventHub/startPosition.ts';

describe('startPosition', () => {
  it.each([
    ["amqp.annotation.x-opt-offset > '-1'", 'offset', -1, false],
    ['amqp.annotation.x-opt-offset > -1', 'offset', -1, false],
    ["amqp.annotation.x-opt-sequence-number >= '5'", 'sequenceNumber', 5, true],
    ["amqp.annotation.x-opt-enqueued-time > '17'", 'enqueuedAtMs', 17, false],
  ])('reads %s', (filter, field, value, isInclusive) => {
    expect(startPosition(filter)).toEqual({ kind: 'after', field, value, isInclusive });
  });

  it('reads the newest position', () => {
    expect(startPosition("amqp.annotation.x-opt-offset > '@latest'")).toEqual({ kind: 'latest' });
  });

  it('starts at the oldest event without a filter', () => {
    expect(startPosition(undefined)).toMatchObject({ field: 'sequenceNumber', value: -1 });
  });

  it.each(['', 'color = 1', "amqp.annotation.x-opt-offset > ''", "amqp.annotation.x-opt-x > '1'"])(
    'refuses %j',
    (filter) => {
      expect(() => startPosition(filter)).toThrow('not supported');
    },
  );
});
