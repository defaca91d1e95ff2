/** An app with a timer that comes every second and one that comes on New Year's Day. */
import { app } from '@azure/functions';
import { announce } from './arrival.ts';

app.timer('eachSecond', { schedule: '* * * * * *', handler: announce });
app.timer('yearly', { schedule: '0 0 0 1 1 *', handler: announce });
app.timer('unwatched', { schedule: '0 0 0 1 1 *', useMonitor: false, handler: announce });
app.timer('failing', {
  schedule: '0 0 0 1 1 *',
  retry: { strategy: 'fixedDelay', maxRetryCount: 1, delayInterval: { seconds: 0 } },
  handler: (timer, context) => {
    announce(timer, context);
    throw new Error('as ever');
  },
});
