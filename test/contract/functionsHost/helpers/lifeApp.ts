/** An app that dies, hangs and lingers on command, with functions that can't be served beside. */
import { setTimeout as delay } from 'node:timers/promises';
import { app, input, output } from '@azure/functions';

const word = (name: string) => process.env[name] ?? '';

app.hook.appStart(({ hookData }) => {
  hookData['startedBy'] = 'appStart';
});
app.hook.appTerminate(async ({ hookData }) => {
  await delay(Number(word('TERMINATE_MS')));
  process.stdout.write(`terminated, ${String(hookData['startedBy'])}\n`);
});

app.hook.preInvocation((hook) => {
  if (hook.invocationContext.functionName !== 'hooked') return;
  hook.hookData['word'] = 'from before';
  hook.functionHandler = () => {
    throw new Error('instead of the handler');
  };
});
app.hook.postInvocation((hook) => {
  if (hook.invocationContext.functionName !== 'hooked') return;
  hook.result = { body: `${String(hook.error)}, ${String(hook.hookData['word'])}` };
  hook.error = undefined;
});
app.hook.log((hook) => {
  if (hook.message !== 'quiet word') return;
  hook.message = `${hook.category}: rewritten in ${hook.invocationContext?.functionName ?? '?'}`;
  hook.level = 'warning';
});

app.http('hooked', { handler: () => ({ body: 'never' }) });
app.http('pid', { handler: () => ({ body: String(process.pid) }) });
app.http('wait', {
  route: 'wait/{waitMs}',
  handler: async ({ params }, context) => {
    context.info('waiting');
    await delay(Number(params['waitMs']));
    return { body: 'waited' };
  },
});
app.http('exit', { handler: () => process.exit(7) });
app.http('late', {
  handler: () => {
    setTimeout(() => void Promise.reject(new Error('nobody caught this')), 50);
    return { body: 'answered' };
  },
});
app.http('bound', {
  extraInputs: [input.storageBlob({ path: 'photos/a.jpg', connection: 'PhotosStorage' })],
  extraOutputs: [output.storageQueue({ queueName: 'later', connection: 'PhotosStorage' })],
  handler: () => ({}),
});
app.http('talk', {
  handler: (_request, context) => {
    context.debug('quiet word');
    context.warn('loud word');
    process.stdout.write('printed word\n');
    return {};
  },
});

app.storageQueue('unresolved', {
  queueName: '%NOWHERE%',
  connection: 'AzureWebJobsStorage',
  handler: () => {},
});
app.storageQueue('unconnected', {
  queueName: 'somewhere',
  connection: 'NoSuchConnection',
  handler: () => {},
});
app.timer('badCron', { schedule: '0 99 * * * *', handler: () => {} });
if (word('WITH_HUB') !== '') {
  app.eventHub('onHub', { connection: 'Hubs', eventHubName: 'hub', handler: () => {} });
}
