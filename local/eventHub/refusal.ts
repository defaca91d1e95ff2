/**
 * What the hub refuses, in the words a client reacts to: the condition decides the error code the
 * SDK reports, and for a missing entity part of the text does too.
 */
import type { AmqpError } from 'rhea';

/** Source: @azure/core-amqp 4.5.1, table of error conditions, read 2026-11-23. */
export const conditions = [
  'amqp:connection:forced',
  'amqp:decode-error',
  'amqp:internal-error',
  'amqp:link:detach-forced',
  'amqp:link:message-size-exceeded',
  'amqp:link:stolen',
  'amqp:not-allowed',
  'amqp:not-found',
  'amqp:not-implemented',
  'amqp:resource-limit-exceeded',
  'amqp:unauthorized-access',
  'com.microsoft:argument-error',
  'com.microsoft:argument-out-of-range',
  'com.microsoft:auth-failed',
  'com.microsoft:server-busy',
  'com.microsoft:timeout',
] as const;

export type Condition = (typeof conditions)[number];

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly condition: Condition;

  constructor(condition: Condition, message: string) {
    super(message);
    this.condition = condition;
  }
}

export function notFound(entity: string): Refusal {
  return new Refusal(
    'amqp:not-found',
    `The messaging entity '${entity}' could not be found. TrackingId:local`,
  );
}

/** The empty `info` is written on purpose: Python's client reads all three fields blindly. */
export function amqpError(condition: Condition, description: string): AmqpError {
  return { condition, description, info: {} };
}

/** @param otherwise - the condition for an error that is not a refusal. */
export function errorFrom(error: unknown, otherwise: Condition): AmqpError {
  if (error instanceof Refusal) return amqpError(error.condition, error.message);
  return amqpError(otherwise, error instanceof Error ? error.message : String(error));
}
