/** From a call to the one route that answers it. Faults come first: they hide everything else. */

import { isControlPath } from '../../control/controlHandler.ts';
import type { Call } from '../../http/call.ts';
import type { Reply } from '../../http/reply.ts';
import type { StruckFault } from '../rules/faultQueue.ts';
import type { StatsKeeper } from '../stats.ts';
import { noSuchResource, unknownError } from '../wire/errorAnswers.ts';
import { serviceHeaders } from '../wire/serviceHeaders.ts';
import { faultReply } from './faultReply.ts';
import type { Route, RouteSet } from './routeSet.ts';
import type { Clock } from './world.ts';

export interface DispatchDeps {
  readonly clock: Clock;
  readonly stats: StatsKeeper;
  readonly takeFault: () => StruckFault | undefined;
  readonly control: (call: Call) => Promise<Reply>;
  /** The first that knows a call has it. */
  readonly routeSets: readonly RouteSet[];
}

/** @returns a handler that never rejects. */
export function dispatch(deps: DispatchDeps) {
  return (call: Call): Promise<Reply> => reply(deps, call).catch(unknownError);
}

async function reply(deps: DispatchDeps, call: Call): Promise<Reply> {
  if (isControlPath(call.path)) return deps.control(call);
  for (const routeSet of deps.routeSets) {
    const route = routeSet(call);
    if (route) return route.isPrediction ? counted(deps, route) : route.dress(await route.answer());
  }
  return serviceHeaders(noSuchResource(), deps.clock.newId);
}

async function counted({ stats, clock, takeFault }: DispatchDeps, route: Route): Promise<Reply> {
  stats.arrived();
  const fault = takeFault();
  const answered = async () => route.dress(await safely(route));
  const answer = await (fault ? faultReply(fault, { route, clock, answered }) : answered());
  stats.left(answer, fault !== undefined);
  return answer;
}

async function safely(route: Route): Promise<Reply> {
  try {
    return await route.answer();
  } catch {
    // A bug of the stand-in shows as the service's own failure; the caller must get an answer.
    return unknownError();
  }
}
