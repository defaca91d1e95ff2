/** One log line per invocation, for operators: how many photos ended how, and what is wrong. */
import type { InvocationContext } from '@azure/functions';
import { countFates, type Fate } from '../shared/pipeline/fate.ts';

export function logFates(context: InvocationContext, fates: readonly Fate[]): void {
  context.info(JSON.stringify({ photos: fates.length, ...countFates(fates) }));
  const waiting = fates.flatMap((fate) => (fate.kind === 'waiting' ? [fate.failure] : []));
  const misconfigured = waiting.filter((failure) => failure.class === 'misconfigured');
  if (misconfigured.length > 0) {
    const codes = [...new Set(misconfigured.map(({ code }) => code))].join(', ');
    context.error(
      `The prediction endpoint is misconfigured (${codes}): ${misconfigured.length} photos are parked. ` +
        'Check PREDICTION_* settings and the published iteration; docs/runbook.md says how.',
    );
  }
  const reasons = [...new Set(waiting.map(({ code, detail }) => `${code}: ${detail}`))];
  if (reasons.length > 0) context.warn(JSON.stringify({ parkedBecause: reasons.slice(0, 5) }));
}
