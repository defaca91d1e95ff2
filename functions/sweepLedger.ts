/** Every minute: what crashes left is announced, or put back to work. */
import { app, type InvocationContext, type TimerHandler } from '@azure/functions';
import { sweepLedger } from '../shared/pipeline/sweepLedger.ts';
import { withBudget } from './budget.ts';
import { composition } from './composition.ts';
import { traced } from './traced.ts';

const see = 'docs/runbook.md#what-crashes-left';

const handler: TimerHandler = async (_timer: unknown, context: InvocationContext) => {
  const composed = await composition();
  const sweep = await withBudget(composed, (budget) => sweepLedger(composed.deps, budget));
  const { announcedCount, requeuedCount, problems } = sweep;
  if (announcedCount + requeuedCount > 0) {
    context.warn(JSON.stringify({ leftByCrashes: { announcedCount, requeuedCount } }));
  }
  if (problems.length > 0) {
    const said = { notSwept: problems.length, problems: problems.slice(0, 5), see };
    context.error(JSON.stringify(said));
  }
};

app.timer('sweepLedger', { schedule: '0 * * * * *', handler: traced('timer', handler) });
