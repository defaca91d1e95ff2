/** An app with HTTP streams switched on. */
import { app } from '@azure/functions';

app.setup({ enableHttpStream: true });

app.http('upper', {
  methods: ['POST'],
  route: 'upper/{id}',
  handler: async (request) => {
    const { body } = request;
    const status = 201;
    const headers = { 'x-params': JSON.stringify(request.params), 'x-url': request.url };
    const cookies = [{ name: 'crumb', value: 'a b', httpOnly: true }];
    if (!body) return { status, headers, body: 'no body' };
    const upper = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(Buffer.from(Buffer.from(chunk).toString().toUpperCase()));
      },
    });
    return { status, headers, cookies, body: body.pipeThrough(upper) };
  },
});

app.http('failing', {
  methods: ['GET'],
  handler: () => {
    throw new Error('the handler broke');
  },
});

/** Answers with the pieces its body came in. */
app.http('arrivals', {
  methods: ['POST'],
  handler: async ({ body }) => {
    const pieces: string[] = [];
    for await (const piece of body ?? []) pieces.push(Buffer.from(piece).toString());
    return { jsonBody: pieces };
  },
});

app.http('process', { methods: ['GET'], handler: async () => ({ body: `${process.pid}` }) });

app.http('early', { methods: ['POST'], handler: async () => ({ status: 403, body: 'not you' }) });
