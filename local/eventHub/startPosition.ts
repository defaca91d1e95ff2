/** Where a reader begins: the selector filter of its link, as the clients write it. */
import { annotation } from './eventBytes.ts';
import { Refusal } from './refusal.ts';

export interface SoughtEvent {
  readonly kind: 'after';
  readonly field: 'sequenceNumber' | 'offset' | 'enqueuedAtMs';
  readonly value: number;
  readonly isInclusive: boolean;
}

export type StartPosition = { readonly kind: 'latest' } | SoughtEvent;

/** The value comes quoted from JavaScript and Python, bare from older .NET clients. */
const selector = /^\s*amqp\.annotation\.(x-opt-[a-z-]+)\s*(>=?)\s*(?:'([^']*)'|(\S+))\s*$/;

const fields = new Map<string, 'sequenceNumber' | 'offset' | 'enqueuedAtMs'>([
  [annotation.sequenceNumber, 'sequenceNumber'],
  [annotation.offset, 'offset'],
  [annotation.enqueuedTime, 'enqueuedAtMs'],
]);

/** @param filter - `undefined` reads from the oldest event kept. */
export function startPosition(filter: string | undefined): StartPosition {
  if (filter === undefined) {
    return { kind: 'after', field: 'sequenceNumber', value: -1, isInclusive: false };
  }
  const [, name = '', comparison, quoted, bare] = selector.exec(filter) ?? [];
  const text = quoted ?? bare ?? '';
  if (text === '@latest') return { kind: 'latest' };
  const field = fields.get(name);
  const value = Number(text);
  if (!field || text === '' || !Number.isFinite(value)) {
    throw new Refusal(
      'com.microsoft:argument-error',
      `The supplied filter is not supported: ${filter}`,
    );
  }
  return { kind: 'after', field, value, isInclusive: comparison === '>=' };
}
