/** The drill with Azure as its judge, against stand-ins of its ingestion and its query API. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { azureDrill, ingestionOf } from '../../cli/drill/azure/azureDrill.ts';
import { queryOf } from '../../cli/drill/azure/logsQuery.ts';
import type { Answer, Post } from '../../cli/drill/azure/relay.ts';
import {
  startTelemetryCollector,
  type TelemetryCollector,
} from '../../local/telemetryCollector/startTelemetryCollector.ts';
import type { AlertRuleName } from '../../shared/telemetry/alerts/alertRules.ts';
import { startLogsQuery } from '../helpers/logsQueryStandIn.ts';

const component = '/subscriptions/s/resourceGroups/g/providers/microsoft.insights/components/c';
let collector: TelemetryCollector;
let logs: Awaited<ReturnType<typeof startLogsQuery>>;

beforeAll(async () => {
  collector = await startTelemetryCollector();
  logs = await startLogsQuery(collector, component);
});
afterAll(async () => {
  await logs.stop();
  await collector.stop();
});

const post: Post = (url, body, headers) =>
  new Promise<Answer>((resolve, reject) => {
    const ca = readFileSync(collector.authorityFile);
    const call = request(url, { method: 'POST', ca, headers }, (answer) => {
      text(answer).then(
        (said) =>
          resolve({ status: answer.statusCode ?? 0, text: said, retryAfterSeconds: undefined }),
        reject,
      );
    });
    call.on('error', reject);
    call.end(body);
  });

/** Another app of the same component, where everything fails all the time. */
async function neighbour(): Promise<void> {
  const time = new Date().toISOString();
  const tags = { 'ai.cloud.roleInstance': 'neighbour' };
  const event = (name: string, properties: object) => ({
    name: 'e',
    time,
    iKey: 'k',
    tags,
    data: { baseType: 'EventData', baseData: { name, properties } },
  });
  const rejected = Array.from({ length: 30 }, () =>
    event('photo.settled', { outcome: 'rejected' }),
  );
  const paused = event('quota.paused', { model: 'parts' });
  const body = JSON.stringify([...rejected, paused]);
  expect((await post(`${collector.ingestionUrl}v2.1/track`, body, {})).status).toBe(200);
}

it('has the rules judged by their own queries, over what this run told and nobody else', async () => {
  // Heard at once: the run is long, and nobody else waits for what the neighbour says meanwhile.
  const told: Promise<unknown>[] = [];
  const telling = setInterval(
    () => void told.push(neighbour().catch((error: unknown) => error)),
    500,
  );
  const said: string[] = [];

  const { rules, noisy } = await azureDrill({
    rules: new Set<AlertRuleName>(['messages-poisoned']),
    say: (line) => void said.push(line),
    interrupted: new AbortController().signal,
    query: queryOf(logs.client, component),
    ingestion: { connectionString: collector.connectionString, post },
  });
  clearInterval(telling);
  const failures = (await Promise.all(told)).filter((failure) => failure !== undefined);

  expect(failures).toEqual([]);
  expect(rules, said.join('\n')).toMatchObject([
    { rule: 'messages-poisoned', fired: true, cleared: true, problem: null },
  ]);
  // On a busy machine another rule may fire without a fault, here as there.
  expect(said).toContain(`photos: without faults ${noisy.join(', ') || 'all is quiet'}`);
  expect(collector.rows('customEvents', { name: 'photo.settled' }).length).toBeGreaterThan(30);
  expect(logs.asked.length).toBeGreaterThanOrEqual(26);
}, 300_000);

it('goes where the app itself would send, and nowhere without being told where', async () => {
  const env = { APPLICATIONINSIGHTS_CONNECTION_STRING: collector.connectionString };
  const withIdentity = { ...env, APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD' };

  await expect(ingestionOf({})).rejects.toThrow('APPLICATIONINSIGHTS_CONNECTION_STRING');
  expect(await ingestionOf(env)).toEqual({ connectionString: collector.connectionString });
  expect(await ingestionOf(withIdentity)).toMatchObject({ token: expect.any(Function) });
});
