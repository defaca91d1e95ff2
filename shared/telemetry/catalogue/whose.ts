/** Whose a failure is: the first thing an operator asks of it. */
import type { AttributeValue } from './attributes.ts';

type FailureClass = AttributeValue<'failureClass'>;

export const owners: Readonly<Record<FailureClass, string>> = {
  transient: 'the service',
  throttled: 'the quota',
  quotaExhausted: 'the quota',
  misconfigured: 'ours: settings or publishing',
  unfit: 'the sender',
  inFlight: 'nobody: it passes',
  uncommitted: 'nobody: it passes',
};

export function whose(failureClass: string): string {
  return owners[failureClass as FailureClass] ?? 'not known';
}
