/**
 * The same controls over HTTP, for scripts in any language: `/control`, `/control/faults`,
 * `/control/quota`, `/control/latency`, `/control/stats`. Web pages are kept out: a change has to
 * come as JSON and to a loopback name.
 */
import { z } from 'zod';
import { faultSchema } from '../rules/faultQueue.ts';
import { latencySchema } from '../rules/latency.ts';
import { quotaRuleSchema } from '../rules/quotaMeter.ts';
import type { EndpointStats } from '../stats.ts';
import type { Call } from '../wire/call.ts';
import { json, type Reply } from '../wire/reply.ts';
import type { PredictionEndpointControl } from './world.ts';

export interface ControlDeps {
  readonly control: PredictionEndpointControl;
  readonly stats: () => EndpointStats;
  /** What `GET /control` tells; never the key. */
  readonly describe: () => Readonly<Record<string, unknown>>;
}

type Action = (body: unknown) => unknown;

const maxControlBytes = 64 * 1024;

export function isControlPath(path: string): boolean {
  return path === '/control' || path.startsWith('/control/');
}

export function controlRoutes({ control, stats, describe }: ControlDeps) {
  const { faults } = control;
  const quotaBody = z.union([quotaRuleSchema, z.null()]);
  const actions: Readonly<Record<string, Action>> = {
    'GET /control': describe,
    'GET /control/stats': stats,
    'GET /control/faults': () => faults.list(),
    'POST /control/faults': (body) => {
      const { name, ...options } = faultSchema.parse(body);
      faults.add(name, options);
      return faults.list();
    },
    'DELETE /control/faults': () => {
      faults.clear();
      return faults.list();
    },
    'PUT /control/quota': (body) => {
      const rule = quotaBody.parse(body);
      control.setQuota(rule ?? undefined);
      return rule;
    },
    'PUT /control/latency': (body) => {
      const latency = latencySchema.parse(body);
      control.setLatency(latency);
      return latency;
    },
  };
  return (call: Call): Promise<Reply> => run(actions[`${call.method} ${call.path}`], call);
}

async function run(action: Action | undefined, call: Call): Promise<Reply> {
  if (!isLoopbackHost(call.header('host'))) return json(403, { problem: 'not a loopback name' });
  if (!action) return json(404, { problem: `no ${call.method} ${call.path}` });
  const body = await controlBody(call);
  if (body.kind === 'bad') return json(415, { problem: 'send JSON as application/json' });
  try {
    return json(200, action(body.value));
  } catch (error) {
    if (error instanceof z.ZodError) return json(400, { problem: z.prettifyError(error) });
    throw error;
  }
}

type ControlBody = { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'bad' };

async function controlBody(call: Call): Promise<ControlBody> {
  if (call.method === 'GET' || call.method === 'DELETE') return { kind: 'json', value: undefined };
  const body = await call.body(maxControlBytes);
  const isJson = /^application\/json\b/i.test(call.header('content-type') ?? '');
  if (!isJson || body.kind !== 'bytes') return { kind: 'bad' };
  try {
    return { kind: 'json', value: JSON.parse(body.bytes.toString('utf8')) };
  } catch {
    // No JSON at all: the answer says so.
    return { kind: 'bad' };
  }
}

function isLoopbackHost(host: string | undefined): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i.test(host ?? '');
}
