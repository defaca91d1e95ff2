/** `/admin/host/drain`: no new work from the triggers, and how far that is. */
import type { ListenerContext } from '../listener.ts';

/** Without a value there is nothing to say but 202. */
interface DrainReply {
  readonly value?: unknown;
}

/** @returns `undefined` where the call is none of these. Source: Azure Functions host, HostController, 2026-11-25. */
export function drainReply(
  { life, invocations }: Pick<ListenerContext, 'life' | 'invocations'>,
  method: string,
  path: string,
): DrainReply | undefined {
  switch (`${method} ${path}`) {
    case 'POST /admin/host/drain':
      life.drain();
      return {};
    case 'GET /admin/host/drain/status': {
      const state = life.drainState();
      const value = {
        state: state === 'Completed' && invocations.runningCount() > 0 ? 'InProgress' : state,
        outstandingInvocations: invocations.runningCount(),
        outstandingRetries: 0,
      };
      return { value };
    }
    default:
      return undefined;
  }
}
