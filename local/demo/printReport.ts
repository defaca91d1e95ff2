/** The demo's report for people. */
import Table from 'cli-table3';
import type { DemoReport, DemoRow } from './report.ts';

export function printReport(
  { rows, summary, results }: DemoReport,
  problems: readonly string[],
  keepDir: string | undefined,
): void {
  console.log(tableOf(rows));
  const outcomes = Object.entries(summary.outcomeCounts).map(([kind, count]) => `${count} ${kind}`);
  console.log(`
${summary.inputCount} inputs: ${outcomes.join(', ')}; ${summary.uncertainCount} uncertain (for people to look at)
agreement with the truth: ${percent(summary.agreesWithTruthRatio)} of the predicted
from first seen to outcome, waiting included: p50 ${whole(summary.latencyP50Ms)} ms, p95 ${whole(summary.latencyP95Ms)} ms
prediction calls: ${summary.callCount}, of which ${summary.throttledCount} answered 429 and came back later (runtime ${summary.runtime})
all settled ${whole(summary.elapsedMs / 1_000)} s after the first was sent
results: container "${results.container}", events: hub "${results.eventHub}"${keptIn(keepDir)}
`);
  if (problems.length === 0) console.log('OK: every input has exactly one outcome and one event.');
  else console.error(`NOT OK:\n  ${problems.join('\n  ')}`);
}

function tableOf(rows: readonly DemoRow[]): string {
  const table = new Table({
    head: [
      'photo',
      'way',
      'tag or reason',
      'confidence',
      'outcome',
      'total ms',
      'wait',
      'storage',
      'predict',
    ],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'left', 'right', 'left', 'right', 'right', 'right', 'right'],
  });
  for (const row of rows) {
    const confidence = row.confidence === undefined ? '' : row.confidence.toFixed(3);
    const times = [row.totalMs, row.waitMs, row.storageMs, row.predictMs].map(whole);
    table.push([row.photo, row.way, row.tag, confidence, outcomeOf(row), ...times]);
  }
  return table.toString();
}

function outcomeOf({ outcome, isUncertain, deferralCount }: DemoRow): string {
  const uncertain = isUncertain ? ' (uncertain)' : '';
  return `${outcome}${uncertain}${deferralCount > 0 ? `, parked ${deferralCount}x` : ''}`;
}

function keptIn(keepDir: string | undefined): string {
  return keepDir === undefined
    ? ' (gone with this run; --keep DIR leaves them)'
    : `, kept in ${keepDir}: npm start -- --data ${keepDir}`;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}

function whole(value: number): string {
  return Math.round(value).toString();
}
