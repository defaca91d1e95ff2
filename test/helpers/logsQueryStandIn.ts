/**
 * The query API of Azure Monitor over a collector's rows. It knows no Kusto: it takes the queries of
 * the drill only, word for word, and answers what the drill's own evaluation makes of the rows.
 * Source of its form: the sources of @azure/monitor-query-logs 1.0.0, read 2026-11-26.
 */
import { LogsQueryClient } from '@azure/monitor-query-logs';
import { arrivalQuery } from '../../cli/drill/azure/arrival.ts';
import type { Call } from '../../local/http/call.ts';
import { makeCertificate } from '../../local/http/certificate.ts';
import { json, type Reply } from '../../local/http/reply.ts';
import { listen } from '../../local/http/server.ts';
import type { TelemetryCollector } from '../../local/telemetryCollector/startTelemetryCollector.ts';
import { alertRules } from '../../shared/telemetry/alerts/alertRules.ts';
import { evaluate, type RowsOf } from '../../shared/telemetry/alerts/evaluate.ts';
import { alertQuery, type QueryScope } from '../../shared/telemetry/alerts/query.ts';
import type { SignalTable } from '../../shared/telemetry/alerts/signal.ts';

const token = 'token-of-whoever-runs-it';
const tables: readonly SignalTable[] = ['customEvents', 'customMetrics', 'availabilityResults'];

type Answer = readonly Readonly<Record<string, string | number | null>>[];

export async function startLogsQuery(collector: TelemetryCollector, component: string) {
  const certificate = await makeCertificate('127.0.0.1');
  const asked: string[] = [];
  const handler = async (call: Call): Promise<Reply> => {
    if (call.header('authorization') !== `Bearer ${token}`) return json(401, { error: {} });
    if (!call.path.endsWith(`${component}/query`)) return json(404, { error: {} });
    const body = await call.body(64 * 1024);
    const { query } = JSON.parse(body.kind === 'bytes' ? body.bytes.toString('utf8') : '{}');
    asked.push(query);
    const rows = answerTo(query, collector);
    return rows ? json(200, { tables: [tableOf(rows)] }) : json(400, { error: badQuery });
  };
  const server = await listen(handler, 0, { certificate });
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3.6e6 }) };
  const client = new LogsQueryClient(credential, {
    endpoint: `https://127.0.0.1:${server.port}/v1`,
    tlsOptions: { ca: certificate.authorityPem },
  });
  return { client, asked, stop: () => server.stop() };
}

const badQuery = { code: 'BadArgumentError', message: 'The request had some invalid properties' };

function answerTo(query: string, collector: TelemetryCollector): Answer | undefined {
  const [, from = '', until = '', roleInstance = ''] =
    /between \(datetime\((.*?)\) \.\. datetime\((.*?)\)\) and cloud_RoleInstance == '(.*?)'/.exec(
      query,
    ) ?? [];
  const scope = { roleInstance, fromMs: Date.parse(from), untilMs: Date.parse(until) };
  if (!Number.isFinite(scope.fromMs)) return undefined;
  const rowsOf = rowsIn(scope, collector);
  const counts = { customEvents: 0, customMetrics: 0, availabilityResults: 0 };
  if (query === arrivalQuery({ roleInstance, counts, whole: scope })) {
    return tables.map((tableName) => ({ tableName, rowCount: rowsOf(tableName).length }));
  }
  const rule = alertRules.find((one) => alertQuery(one, scope) === query);
  if (!rule) return undefined;
  const firing = evaluate(rule, rowsOf).filter(({ isFiring }) => isFiring);
  return firing.map(({ group, numbers }) => {
    const known = Object.entries(numbers).map(([name, value]) => [name, value ?? null] as const);
    return { ...group, ...Object.fromEntries(known) };
  });
}

function rowsIn(
  { roleInstance, fromMs, untilMs }: QueryScope,
  collector: TelemetryCollector,
): RowsOf {
  return (table) =>
    collector
      .rows(table, { sinceMs: fromMs, untilMs })
      .filter(({ cloud_RoleInstance }) => cloud_RoleInstance === roleInstance);
}

function tableOf(rows: Answer) {
  const names = Object.keys(rows[0] ?? { nothing: '' });
  return {
    name: 'PrimaryResult',
    columns: names.map((name) => ({
      name,
      type: typeof rows[0]?.[name] === 'number' ? 'real' : 'string',
    })),
    rows: rows.map((row) => names.map((name) => row[name] ?? null)),
  };
}
