/** The least an app can be: the yardstick for start-up. */
import { app } from '@azure/functions';

app.http('hello', { authLevel: 'anonymous', handler: () => ({ body: 'hello' }) });
