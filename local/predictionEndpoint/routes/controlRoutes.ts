/** The endpoint's own commands: `/control`, and below it `faults`, `quota`, `latency`, `stats`. */
import { z } from 'zod';
import { controlHandler } from '../../control/controlHandler.ts';
import { faultSchema } from '../rules/faultQueue.ts';
import { latencySchema } from '../rules/latency.ts';
import { quotaRuleSchema } from '../rules/quotaMeter.ts';
import type { EndpointStats } from '../stats.ts';
import type { PredictionEndpointControl } from './world.ts';

export interface ControlDeps {
  readonly control: PredictionEndpointControl;
  readonly stats: () => EndpointStats;
  /** What `GET /control` tells; never the key. */
  readonly describe: () => Readonly<Record<string, unknown>>;
}

export function controlRoutes({ control, stats, describe }: ControlDeps) {
  const { faults } = control;
  const quotaBody = z.union([quotaRuleSchema, z.null()]);
  return controlHandler({
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
  });
}
