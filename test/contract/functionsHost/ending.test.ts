import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startFunctionsHost } from '../../../local/functionsHost/startFunctionsHost.ts';

let folder: string;
let entry: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightglass-host-'));
  entry = join(folder, 'app.cjs');
  const library = JSON.stringify(resolve('node_modules/@azure/functions'));
  writeFileSync(
    entry,
    `const { app } = require(${library});
     app.http('wait', { handler: () => new Promise((done) => setTimeout(() => done({ body: 'x' }), 150)) });
     app.hook.appTerminate(() => { throw new Error('no end'); });`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const common = { settings: {}, hostJson: { version: '2.0' }, onLog: () => {} };

it('waits in idle for a call under way, without a trigger that listens', async () => {
  const host = await startFunctionsHost({ entry, ...common });
  const answering = fetch(`${host.url}/api/wait`).then((response) => response.text());
  while ((await host.stats()).functions['wait']?.runningCount !== 1)
    await new Promise(setImmediate);

  await host.idle();

  expect((await host.stats()).functions['wait']).toMatchObject({
    succeededCount: 1,
    runningCount: 0,
  });
  expect(await answering).toBe('x');
  await host.stop();
});

it('ends all the same after a terminate hook that throws, and says so', async () => {
  const logs: string[] = [];
  const onLog = ({ message }: { message: string }) => void logs.push(message);
  const host = await startFunctionsHost({ entry, ...common, onLog });

  await expect(host.stop()).resolves.toBeUndefined();

  expect(logs).toContain('A terminate hook failed: no end');
});

it('leaves nothing behind when its port is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  await expect(startFunctionsHost({ entry, ...common, port })).rejects.toThrow('EADDRINUSE');
  taken.close();
  const again = await startFunctionsHost({ entry, ...common, port });

  expect(again.functions).toEqual(['wait']);
  await again.stop();
});

it('leaves nothing behind when a trigger can’t begin at all', async () => {
  const library = JSON.stringify(resolve('node_modules/@azure/functions'));
  const blobApp = join(folder, 'blobs.cjs');
  writeFileSync(
    blobApp,
    `const { app } = require(${library});
     app.storageBlob('onBlob', { path: 'a/{name}', connection: 'Photos', source: 'EventGrid', handler() {} });`,
  );
  const spare = createServer().listen(0, '127.0.0.1');
  await once(spare, 'listening');
  const address = spare.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  spare.close();
  await once(spare, 'close');
  const settings = { Photos: 'UseDevelopmentStorage=true' };

  // The internal queue lies in the host's own storage, which this host has not.
  const starting = startFunctionsHost({ ...common, entry: blobApp, settings, port });

  await expect(starting).rejects.toThrow('"AzureWebJobsStorage" is missing');
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed');
});
