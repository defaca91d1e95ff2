import { request } from 'node:http';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startControlServer } from '../../../local/control/startControlServer.ts';

let level = 1;
const control = await startControlServer({
  'GET /control': () => ({ level }),
  'PUT /control/level': async (body) => {
    ({ level } = z.strictObject({ level: z.int().min(0) }).parse(body));
    return { level };
  },
  'POST /control/broken': () => {
    throw new Error('the part is gone');
  },
});

afterAll(() => control.stop());

async function command(method: string, path: string, body?: unknown) {
  const sent = { 'content-type': 'application/json' };
  const options = body === undefined ? {} : { headers: sent, body: JSON.stringify(body) };
  const response = await fetch(`${control.url}${path}`, { method, ...options });
  return { status: response.status, body: await response.json() };
}

it('answers a command with what is in force afterwards', async () => {
  const set = await command('PUT', '/control/level', { level: 3 });

  expect(set).toEqual({ status: 200, body: { level: 3 } });
  expect(await command('GET', '/control')).toEqual({ status: 200, body: { level: 3 } });
});

it('answers 400 and what is wrong for a body its schema refuses', async () => {
  const refused = await command('PUT', '/control/level', { level: -1 });

  expect(refused).toMatchObject({
    status: 400,
    body: { problem: expect.stringContaining('level') },
  });
});

it('answers 500 with the reason where a command fails, and goes on', async () => {
  const failed = await command('POST', '/control/broken', {});

  expect(failed).toEqual({ status: 500, body: { problem: 'the part is gone' } });
  expect((await command('GET', '/control')).status).toBe(200);
});

it('refuses a page that reached it under another name', async () => {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  request(`${control.url}/control`, { headers: { host: 'evil.example' } }, (response) => {
    resolve(response.resume().statusCode);
  }).end();

  expect(await promise).toBe(403);
});
