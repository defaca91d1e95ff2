/** A host with the app that dies on command; it needs no storage. */
import { z } from 'zod';
import type { FunctionsHostOptions } from '../../../../local/functionsHost/options.ts';
import { startFunctionsHostProcess } from '../../../../local/functionsHost/startFunctionsHostProcess.ts';
import { logBook } from './logBook.ts';

const overviewSchema = z.object({
  functions: z.array(z.object({ name: z.string(), problem: z.string().nullable() })),
});

const entry = new URL('lifeApp.ts', import.meta.url).pathname;

export async function startLifeHost(given: Partial<FunctionsHostOptions> = {}) {
  const book = logBook();
  const options = { entry, settings: {}, hostJson: { version: '2.0' }, onLog: book.onLog };
  const host = await startFunctionsHostProcess({ ...options, ...given });
  const messages = () => book.logs.map(({ message }) => message);
  return {
    host,
    book,
    messages,
    get: (path: string) => fetch(`${host.url}/${path}`),
    text: async (path: string) => (await fetch(`${host.url}/${path}`)).text(),
    /** What is wrong with which function. */
    async problems() {
      const overview = await (await fetch(`${host.controlUrl}/control`)).json();
      const { functions } = overviewSchema.parse(overview);
      return functions.flatMap(({ name, problem }) => (problem === null ? [] : [[name, problem]]));
    },
    command: (path: string) =>
      fetch(`${host.controlUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      }),
    /** Resolves once a call of `wait` is under way. */
    waiting: () => book.until(() => messages().includes('waiting')),
    logged: (text: string) => book.until(() => messages().some((each) => each.includes(text))),
  };
}
