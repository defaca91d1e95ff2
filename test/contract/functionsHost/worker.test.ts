import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FunctionsHostOptions } from '../../../local/functionsHost/options.ts';
import { startLifeHost } from './helpers/lifeHost.ts';

type Started = Awaited<ReturnType<typeof startLifeHost>>;

const stops: (() => Promise<void>)[] = [];

async function start(options: Partial<FunctionsHostOptions> = {}): Promise<Started> {
  const started = await startLifeHost(options);
  stops.push(() => started.host.stop());
  return started;
}

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

describe('worker of the functions host', () => {
  it('is replaced when it ends: calls in flight get 500, the next one an answer', async () => {
    const { get, text, waiting } = await start();
    const before = await text('api/pid');
    const inFlight = get('api/wait/60000');
    await waiting();

    const { status } = await get('api/exit');

    expect([status, (await inFlight).status]).toStrictEqual([500, 500]);
    const after = await text('api/pid');
    expect(Number(after)).toBeGreaterThan(0);
    expect(after).not.toBe(before);
  });

  it('dies of a rejection that nobody handles, after its answer', async () => {
    const { text, logged } = await start();
    const before = await text('api/pid');

    expect(await text('api/late')).toBe('answered');
    await logged('ended by itself (1)');

    expect(await text('api/pid')).not.toBe(before);
  });

  it('takes the host down with its third crash', async () => {
    const { get, host, command } = await start();

    await command('/control/worker/crash');
    await command('/control/worker/crash');
    expect((await get('api/pid')).status).toBe(200);
    await command('/control/worker/crash').catch(() => {});

    expect(await host.gone).toContain('ended by itself (1)');
    await expect(get('admin/host/ping')).rejects.toThrow('fetch failed');
  });

  it('is restarted after a function timeout, once its terminate hooks ran, and other calls fail', async () => {
    const hostJson = { functionTimeout: '00:00:01' };
    const { get, text, waiting, logged, messages } = await start({ hostJson });
    const before = await text('api/pid');

    const timedOut = get('api/wait/60000');
    await waiting();
    expect((await timedOut).status).toBe(500);
    const other = get('api/wait/60000');
    await logged('terminated');

    expect((await other).status).toBe(500);
    expect(await text('api/pid')).not.toBe(before);
    expect(messages().join()).toContain(
      "Timeout value of 00:00:01 exceeded by function 'Functions.wait'",
    );
  });

  it('stays where a handler ends soon after its time was up', async () => {
    const { get, text } = await start({ hostJson: { functionTimeout: '00:00:02' } });
    const before = await text('api/pid');

    // One second over, of the two that it has.
    expect((await get('api/wait/3000')).status).toBe(500);
    await new Promise((resolve) => setTimeout(resolve, 2_100));

    expect(await text('api/pid')).toBe(before);
  });

  it('gets five seconds for its terminate hooks and is killed then', async () => {
    const { host, messages } = await start({ settings: { TERMINATE_MS: '60000' } });
    const startedAtMs = performance.now();

    await host.stop();

    expect(performance.now() - startedAtMs).toBeGreaterThan(4_900);
    expect(messages().join()).not.toContain('terminated');
  });

  it('shares data between the app’s start and terminate hooks', async () => {
    const { host, messages } = await start();

    await host.stop();

    expect(messages()).toContain('terminated, appStart');
  });
});

describe('hooks of the app', () => {
  it('replace a handler, see its error and turn it into a result', async () => {
    const { text } = await start();

    expect(await text('api/hooked')).toBe('Error: instead of the handler, from before');
  });

  it('rewrite log records of the app, with the call they belong to', async () => {
    const { get, book, logged } = await start();

    await get('api/talk');
    await logged('rewritten');

    expect(book.logs).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        category: 'Function.talk.User',
        message: 'user: rewritten in talk',
        invocationId: expect.any(String),
      }),
    );
  });
});

describe('functions host that is told to go', () => {
  it('refuses new connections at once and lets running requests end', async () => {
    const { host, get, text, waiting, messages } = await start();
    const running = text('api/wait/1500');
    await waiting();

    process.kill(host.processId ?? 0, 'SIGTERM');
    await vi.waitFor(() => expect(get('admin/host/ping')).rejects.toThrow('fetch failed'), 5_000);

    expect(messages()).not.toContain('terminated, appStart');
    expect(await running).toBe('waited');
    await host.gone;
    expect(messages()).toContain('terminated, appStart');
  });

  it('drains: HTTP is served on, and the status says when all is through', async () => {
    const { host, get, waiting, text } = await start();
    const running = text('api/wait/1000');
    await waiting();
    const status = async () => (await get('admin/host/drain/status')).json();
    expect(await status()).toMatchObject({ state: 'Disabled' });

    const answer = await fetch(`${host.url}/admin/host/drain`, { method: 'POST' });

    expect(answer.status).toBe(202);
    expect(await status()).toStrictEqual({
      state: 'InProgress',
      outstandingInvocations: 1,
      outstandingRetries: 0,
    });
    expect(await running).toBe('waited');
    await vi.waitFor(
      async () => expect(await status()).toMatchObject({ state: 'Completed' }),
      20_000,
    );
  });
});

describe('functions host with an app in trouble', () => {
  it('runs without functions where a module throws, and only the console knows why', async () => {
    const entry = '/nowhere/app.ts';

    const { host, get, book } = await start({ entry });

    expect(host.functions).toStrictEqual([]);
    expect(await (await get('admin/host/status')).json()).toMatchObject({ state: 'Running' });
    const lines = book.logs.filter(({ category }) => category === 'Host.Function.Console');
    expect(lines[0]?.message).toContain('unable to load entry point "/nowhere/app.ts"');
  });

  it('leaves out a function with a missing connection, an unknown setting or a bad schedule', async () => {
    const settings = { AzureWebJobsStorage: 'UseDevelopmentStorage=true' };
    const { get, problems } = await start({ settings });

    expect(await problems()).toStrictEqual([
      ['unresolved', 'the setting "NOWHERE" in "%NOWHERE%" is missing'],
      ['unconnected', 'the connection setting "NoSuchConnection" is missing'],
      ['badCron', '"99" is out of 0-59'],
    ]);
    expect((await get('api/pid')).status).toBe(200);
  });

  it('says of each input and output binding that it does nothing here', async () => {
    const { logged } = await start();

    await logged("The blob binding (in) of 'bound' brings nothing on the local host.");
    await logged("The queue binding (out) of 'bound' is not written on the local host.");
  });

  it('answers 503 everywhere but to a ping without the connection of an event hub', async () => {
    const { get } = await start({
      settings: { WITH_HUB: 'yes', AzureWebJobsStorage: 'UseDevelopmentStorage=true' },
    });

    const statuses = await Promise.all(
      ['api/pid', 'api/nothing', 'admin/host/ping'].map(async (path) => (await get(path)).status),
    );

    expect(statuses).toStrictEqual([503, 503, 200]);
    expect(await (await get('admin/host/status')).json()).toMatchObject({
      state: 'Error',
      errors: ['the connection setting "Hubs" is missing'],
    });
  });

  it('has the id that its settings say, with the one spelling that Linux knows', async () => {
    const settings = {
      AzureFunctionsWebHost__hostId: 'not-this-one',
      AzureFunctionsWebHost__hostid: 'this-one',
    };
    const { get } = await start({ settings });

    expect(await (await get('admin/host/status')).json()).toMatchObject({ id: 'this-one' });
  });

  it('serves only the functions that host.json names', async () => {
    const { host, get } = await start({ hostJson: { functions: ['pid'] } });

    expect(host.functions).toStrictEqual(['pid']);
    expect((await get('api/talk')).status).toBe(404);
  });
});

describe('log records of the functions host', () => {
  it('are passed on from the level that the longest fitting category asks for', async () => {
    const logLevel = { default: 'Warning', Function: 'Error', 'Function.talk.User': 'Debug' };
    const { get, book, logged } = await start({ hostJson: { logging: { logLevel } } });

    await get('api/talk');
    await logged('loud word');

    const seen = book.logs.map(({ category, message }) => [category, message]);
    expect(seen).toContainEqual(['Function.talk.User', 'user: rewritten in talk']);
    expect(seen).toContainEqual(['Function.talk.User', 'loud word']);
    expect(seen.filter(([category]) => category === 'Function.talk')).toStrictEqual([]);
    expect(seen.filter(([, message]) => message === 'printed word')).toStrictEqual([]);
  });
});
