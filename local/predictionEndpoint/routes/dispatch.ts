/** From a call to the one route that answers it. Faults come first: they hide everything else. */

import { isControlPath } from '../../control/controlHandler.ts';
import type { Call } from '../../http/call.ts';
import { type Reply, typed } from '../../http/reply.ts';
import type { Fault } from '../rules/faultQueue.ts';
import type { StatsKeeper } from '../stats.ts';
import { noSuchResource, unknownError } from '../wire/errorAnswers.ts';
import { containerGreeting } from './containerPrediction.ts';
import { faultReply } from './faultReply.ts';
import {
  type CloudRoute,
  type ContainerRoute,
  type PredictionRoute,
  predictionRoute,
} from './predictionRoute.ts';
import type { World } from './world.ts';

export interface DispatchDeps {
  readonly world: World;
  readonly stats: StatsKeeper;
  readonly takeFault: () => Fault | undefined;
  readonly control: (call: Call) => Promise<Reply>;
  readonly cloud: (call: Call, route: CloudRoute) => Promise<Reply>;
  readonly container: (call: Call, route: ContainerRoute) => Promise<Reply>;
}

/** @returns a handler that never rejects. */
export function dispatch(deps: DispatchDeps) {
  return (call: Call): Promise<Reply> => reply(deps, call).catch(unknownError);
}

async function reply(deps: DispatchDeps, call: Call): Promise<Reply> {
  if (isControlPath(call.path)) return deps.control(call);
  if (call.method === 'GET' && call.path === '/') {
    return typed(200, 'text/plain; charset=utf-8', containerGreeting);
  }
  const route = call.method === 'POST' ? predictionRoute(call.path) : undefined;
  return route ? counted(deps, call, route) : noSuchResource();
}

async function counted(deps: DispatchDeps, call: Call, route: PredictionRoute): Promise<Reply> {
  const { stats, world, takeFault } = deps;
  stats.arrived();
  const fault = takeFault();
  const answer = fault
    ? faultReply(fault, world)
    : await answered(deps, call, route).catch(unknownError);
  stats.left(answer, fault !== undefined);
  return answer;
}

function answered(deps: DispatchDeps, call: Call, route: PredictionRoute): Promise<Reply> {
  return route.kind === 'cloud' ? deps.cloud(call, route) : deps.container(call, route);
}
