/** Debian's Chromium, driven over its DevTools protocol: no driver of its own is needed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';

const patience = { timeout: 60_000, interval: 100 };

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];

export interface Browser {
  /** @returns once the page is loaded; in a window of that size, in that colour scheme. */
  open(url: string, look: Look): Promise<void>;
  /** @returns what the script's promise resolves to, as JSON has it. @throws Error */
  run(script: string): Promise<unknown>;
  /** Goes on to the next thing that takes the keyboard. */
  tab(): Promise<void>;
  /** What the console said of errors. */
  readonly problems: string[];
  close(): Promise<void>;
}

export interface Look {
  readonly scheme: 'light' | 'dark';
  readonly widthPx: number;
}

export async function openBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'sightglass-browser-'));
  const options = ['--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'];
  const child = spawn('chromium', [...flags, ...options], { stdio: 'ignore' });
  const ended = once(child, 'close');
  const { send, problems, close } = await connect(await pageUrl(profile));
  return {
    problems,
    async open(url, { scheme, widthPx }) {
      const features = [{ name: 'prefers-color-scheme', value: scheme }];
      const size = { width: widthPx, height: 900, deviceScaleFactor: 1, mobile: widthPx < 600 };
      await send('Emulation.setEmulatedMedia', { features });
      await send('Emulation.setDeviceMetricsOverride', size);
      // Only the part behind # may differ: that alone would load nothing.
      await send('Page.navigate', { url: 'about:blank' });
      await send('Page.navigate', { url });
    },
    async run(expression) {
      const options = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = ranSchema.parse(await send('Runtime.evaluate', options));
      if (exceptionDetails === undefined) return result.value;
      throw new Error(JSON.stringify(exceptionDetails));
    },
    async tab() {
      const key = { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 };
      await send('Input.dispatchKeyEvent', { type: 'keyDown', ...key });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
    },
    async close() {
      close();
      child.kill();
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const ranSchema = z.object({
  result: z.object({ value: z.unknown().optional() }),
  exceptionDetails: z.unknown().optional(),
});

const targetsSchema = z.array(z.object({ type: z.string(), webSocketDebuggerUrl: z.string() }));

async function pageUrl(profile: string): Promise<string> {
  const portFile = join(profile, 'DevToolsActivePort');
  return vi.waitFor(async () => {
    if (!existsSync(portFile)) throw new Error('Chromium has not started');
    const [port] = readFileSync(portFile, 'utf8').split('\n');
    const answer = await fetch(`http://127.0.0.1:${port}/json`);
    const targets = targetsSchema.parse(await answer.json());
    const page = targets.find(({ type }) => type === 'page');
    if (!page) throw new Error('Chromium has no page');
    return page.webSocketDebuggerUrl;
  }, patience);
}

const messageSchema = z.looseObject({
  id: z.number().optional(),
  method: z.string().optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
  params: z.unknown().optional(),
});

async function connect(url: string) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const problems: string[] = [];
  socket.on('message', (data: Buffer) => {
    const { id, method, result, error, params } = messageSchema.parse(JSON.parse(data.toString()));
    if (method === 'Log.entryAdded' || method === 'Runtime.exceptionThrown') {
      problems.push(JSON.stringify(params));
    }
    if (id === undefined) return;
    if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(new Error(JSON.stringify(error)));
  });
  let lastId = 0;
  const send = (method: string, params: object = {}): Promise<unknown> => {
    lastId += 1;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(lastId, answer);
    socket.send(JSON.stringify({ id: lastId, method, params }));
    return answer.promise;
  };
  for (const domain of ['Runtime', 'Log', 'Page']) await send(`${domain}.enable`);
  return { send, problems, close: () => socket.close() };
}
