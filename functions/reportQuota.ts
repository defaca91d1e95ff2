/** Every five minutes: how near the quota is, what waits, what is in flight, how far readers are. */
import { app, type InvocationContext, type TimerHandler } from '@azure/functions';
import { reportQuota } from '../shared/pipeline/reportQuota.ts';
import { withBudget } from './budget.ts';
import { composition } from './composition.ts';
import { traced } from './traced.ts';

const handler: TimerHandler = async (_timer: unknown, context: InvocationContext) => {
  const composed = await composition();
  const problems = await withBudget(composed, ({ signal }) =>
    reportQuota({ ...composed.deps, ...composed.report }, signal),
  );
  if (problems.length > 0) context.warn(JSON.stringify({ notReported: problems }));
};

app.timer('reportQuota', { schedule: '0 */5 * * * *', handler: traced('timer', handler) });
