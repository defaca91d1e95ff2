/** The endpoint's own commands, below `/control`. `docs/local-world.md` lists them. */
import { z } from 'zod';
import { messageOf } from '../../../shared/errors.ts';
import { controlHandler } from '../../control/controlHandler.ts';
import { modelOptionsSchema } from '../models/loadModel.ts';
import { rotationSchema } from '../rules/accessKeys.ts';
import { faultSchema } from '../rules/faultQueue.ts';
import { latencySchema } from '../rules/latency.ts';
import { quotaRuleSchema } from '../rules/quotaMeter.ts';
import type { EndpointStats } from '../stats.ts';
import { containerGenerations } from './containerHabits.ts';
import type { PredictionEndpointControl } from './world.ts';

export interface ControlDeps {
  readonly control: PredictionEndpointControl;
  readonly stats: () => EndpointStats;
  /** What `GET /control` tells; never a key. */
  readonly describe: () => Readonly<Record<string, unknown>> & DefaultTarget;
}

/** Whom commands mean that name nobody: the first model. */
interface DefaultTarget {
  readonly projectId: string;
  readonly publishedName: string;
}

export function controlRoutes(deps: ControlDeps) {
  const { describe, stats } = deps;
  return controlHandler({
    'GET /control': describe,
    'GET /control/stats': stats,
    ...faultRoutes(deps.control),
    ...dialRoutes(deps.control),
    ...storeRoutes(deps.control),
    ...modelRoutes(deps),
  });
}

function faultRoutes({ faults }: PredictionEndpointControl) {
  return {
    'GET /control/faults': () => faults.list(),
    'POST /control/faults': (body: unknown) => {
      const { name, ...options } = faultSchema.parse(body);
      faults.add(name, options);
      return faults.list();
    },
    'DELETE /control/faults': () => {
      faults.clear();
      return faults.list();
    },
  };
}

const quotaBody = z.union([quotaRuleSchema, z.null()]);
const containerBody = z.strictObject({ generation: z.enum(containerGenerations) });
const errorsBody = z.strictObject({ bodies: z.enum(['current', 'older']) });

function dialRoutes(control: PredictionEndpointControl) {
  return {
    'PUT /control/quota': (body: unknown) => {
      const rule = quotaBody.parse(body);
      control.setQuota(rule ?? undefined);
      return rule;
    },
    'PUT /control/latency': (body: unknown) => {
      const latency = latencySchema.parse(body);
      control.setLatency(latency);
      return latency;
    },
    'PUT /control/container': (body: unknown) => {
      const { generation } = containerBody.parse(body);
      control.setContainer(generation);
      return { generation };
    },
    'PUT /control/errors': (body: unknown) => {
      const { bodies } = errorsBody.parse(body);
      control.setErrorBodies(bodies);
      return { bodies };
    },
    'POST /control/keys': (body: unknown) => {
      const rotation = rotationSchema.parse(body);
      return { keyName: rotation.keyName, key: control.rotateKey(rotation) };
    },
  };
}

function storeRoutes({ stored }: PredictionEndpointControl) {
  return {
    'GET /control/stored': () => stored.summary(),
    'DELETE /control/stored': () => {
      stored.clear();
      return stored.summary();
    },
  };
}

const targetFields = {
  projectId: z.string().optional(),
  publishedName: z.string().min(1).optional(),
};
const targetBody = z.strictObject(targetFields);
const publishBody = z.strictObject({ ...targetFields, iterationId: z.guid() });

function modelRoutes({ control, describe }: ControlDeps) {
  const targetOf = ({ projectId, publishedName }: z.output<typeof targetBody>) => ({
    projectId: projectId ?? describe().projectId,
    publishedName: publishedName ?? describe().publishedName,
  });
  return {
    'GET /control/models': () => control.models(),
    'POST /control/models': (body: unknown) =>
      wellFormed(() => control.loadModel(modelOptionsSchema.parse(body))),
    'POST /control/publish': (body: unknown) => {
      const { iterationId, ...target } = publishBody.parse(body);
      return wellFormed(() => {
        control.publish(targetOf(target), iterationId);
        return control.models();
      });
    },
    'POST /control/unpublish': (body: unknown) =>
      wellFormed(() => {
        control.unpublish(targetOf(targetBody.parse(body)));
        return control.models();
      }),
    'POST /control/retrain': (body: unknown) =>
      wellFormed(() => ({ iterationId: control.retrain(targetOf(targetBody.parse(body))) })),
  };
}

/** A command that can't be followed is the sender's to mend: 400, as for one that can't be read. */
async function wellFormed<Result>(act: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof z.ZodError) throw error;
    const message = messageOf(error);
    throw new z.ZodError([{ code: 'custom', message, path: [], input: undefined }]);
  }
}
