/** Every hour: stored photos against outcomes; what no event ever brought is put to work. */
import { app, type InvocationContext, type TimerHandler } from '@azure/functions';
import { accountPhotos } from '../shared/pipeline/accountPhotos.ts';
import { names } from '../shared/settings.ts';
import { withBudget } from './budget.ts';
import { composition } from './composition.ts';
import { traced } from './traced.ts';

const see = 'docs/runbook.md#photos-that-no-event-ever-brought';
const hourMs = 3_600_000;
const minuteMs = 60_000;

const handler: TimerHandler = async (_timer: unknown, context: InvocationContext) => {
  const composed = await composition();
  const { settings, deps, cursors } = composed;
  const nowMs = deps.clock.nowMs();
  const options = {
    container: names.photosContainer,
    changedSinceMs: nowMs - settings.RECONCILE_WINDOW_HOURS * hourMs,
    changedUntilMs: nowMs - settings.RECONCILE_AFTER_MINUTES * minuteMs,
    requeueing: { because: 'RECONCILED' },
  };
  const found = await withBudget(composed, (budget) =>
    accountPhotos(deps, cursors, options, budget),
  );
  const { counts, missing, missingCount, problems, continuation } = found;
  const isComplete = continuation === undefined;
  context.info(JSON.stringify({ photoStates: counts, isComplete }));
  if (problems.length > 0) context.error(JSON.stringify({ problems: problems.slice(0, 5), see }));
  if (missingCount > 0) context.warn(JSON.stringify({ neverDelivered: missingCount, missing }));
};

app.timer('reconcilePhotos', { schedule: '0 7 * * * *', handler: traced('timer', handler) });
