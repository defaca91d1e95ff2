/** An app with HTTP, blob, queue and timer functions that tell what reaches them. */
import { createRequire } from 'node:module';
import { app } from '@azure/functions';
import { z } from 'zod';
import { announce } from './arrival.ts';

const require = createRequire(import.meta.url);
const extensions: typeof import('@azure/functions-extensions-base') = require('@azure/functions-extensions-base');

const referenceSchema = z.object({
  version: z.string(),
  source: z.string(),
  contentType: z.string(),
  content: z.instanceof(Uint8Array),
});

extensions.ResourceFactoryResolver.getInstance().registerResourceFactory(
  'AzureStorageBlobs',
  (data: unknown) => {
    const { content, ...rest } = referenceSchema.parse(data);
    return { ...rest, content: JSON.parse(Buffer.from(content).toString('utf8')) };
  },
);

app.hook.appTerminate(() => void process.stdout.write('terminated\n'));

app.http('echo', {
  methods: ['POST', 'PUT'],
  route: 'echo/{id}/{*rest}',
  handler: async (request) => ({
    status: 201,
    headers: { 'x-answer': 'yes' },
    cookies: [{ name: 'crumb', value: 'a b', path: '/', httpOnly: true, sameSite: 'Lax' }],
    jsonBody: {
      params: request.params,
      query: Object.fromEntries(request.query),
      sent: request.headers.get('x-sent'),
      body: Buffer.from(await request.arrayBuffer()).toString('base64'),
    },
  }),
});

app.http('optional', {
  methods: ['GET'],
  route: 'optional/{id?}',
  handler: async (request) => ({ body: request.params['id'] ?? 'none' }),
});

// The types want an answer, the host takes none.
app.http('silent', { methods: ['GET'], handler: () => JSON.parse('null') });

app.http('setting', {
  methods: ['GET'],
  handler: () => ({ body: process.env['FIXTURE_WORD'] ?? 'unset' }),
});

app.http('failing', {
  methods: ['GET'],
  handler: () => {
    throw new Error('the handler broke');
  },
});

app.http('hanging', { methods: ['GET'], handler: () => new Promise<never>(() => {}) });

app.storageBlob('onBlob', {
  path: 'incoming/{name}',
  connection: 'AzureWebJobsStorage',
  source: 'EventGrid',
  handler: (blob, context) => {
    announce(blob, context);
    if (String(context.triggerMetadata?.['name']).startsWith('bad')) throw new Error('bad blob');
  },
});

app.storageBlob('onReference', {
  path: 'references/{name}',
  connection: 'AzureWebJobsStorage',
  source: 'EventGrid',
  sdkBinding: true,
  handler: announce,
});

const messageSchema = z.object({ fails: z.literal('always') });

app.storageQueue('onMessage', {
  queueName: '%WORK_QUEUE%',
  connection: 'AzureWebJobsStorage',
  handler: (message, context) => {
    announce(message, context);
    if (messageSchema.safeParse(message).success) throw new Error('bad message');
  },
});

app.timer('onStart', { schedule: '0 0 0 1 1 *', runOnStartup: true, handler: announce });

app.storageQueue('unconnected', {
  queueName: 'nowhere',
  connection: 'NoSuchConnection',
  handler: announce,
});
