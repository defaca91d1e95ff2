/** What operators see of the demo, for people. */
import { measurements } from '../../shared/telemetry/catalogue/measurements.ts';
import type { OperatorsView } from './operatorsView.ts';

export function printOperatorsView(view: OperatorsView): void {
  const rows = view.stages.map(
    ({ stage, p50Ms, p95Ms }) =>
      `  ${stage.padEnd(12)} p50 ${whole(p50Ms).padStart(6)} ms   p95 ${whole(p95Ms).padStart(6)} ms   ${measurements[stage].meaning}`,
  );
  const answers = Object.entries(view.answerCounts).map(([answer, count]) => `${count} ${answer}`);
  const costs = Object.entries(view.costs).map(([kind, sum]) => `${kind} ${sum.toFixed(4)}`);
  const failedCalls = Object.entries(view.failedCallCounts).map(
    ([call, count]) => `${count} ${call}`,
  );
  console.log(`What operators see in Application Insights, from ${view.settledCount} outcomes told of:
${rows.join('\n')}
  prediction calls: ${answers.join(', ')}; cost: ${costs.join(', ')} (currency of the price settings)
  calls to others that failed: ${failedCalls.join(', ') || 'none'}
  sent: ${(view.billedBytesPer1000Photos / 1e6).toFixed(1)} MB per 1,000 photos, every trace kept (TELEMETRY_TRACE_RATIO 1)
`);
}

function whole(value: number): string {
  return Math.round(value).toString();
}
