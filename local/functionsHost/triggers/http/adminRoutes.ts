/** `/admin/...`: is the host there, what does it hold. Open to everyone, as under `func start`. */
import type { AppFunction } from '../../app/loadApp.ts';
import { isDisabled } from '../../settings.ts';
import type { ListenerContext } from '../listener.ts';

/** @returns what to send as JSON, `undefined` where the path is none of these. */
export function adminAnswer(
  context: ListenerContext,
  functions: readonly AppFunction[],
  path: string,
): unknown {
  switch (path.toLowerCase()) {
    case '/admin/host/ping':
      return {};
    case '/admin/host/status':
      return { id: context.hostId, state: 'Running', version: 'local', processUptime: uptimeMs() };
    case '/admin/functions':
      return functions.map((called) => listed(context, called));
    default:
      return undefined;
  }
}

function uptimeMs(): number {
  return Math.round(process.uptime() * 1_000);
}

function listed(
  { settings, hostJson }: ListenerContext,
  { name, trigger, metadata }: AppFunction,
): Record<string, unknown> {
  const bindings = Object.entries(metadata.bindings).map(([bindingName, binding]) => ({
    ...binding,
    name: bindingName,
  }));
  const { routePrefix } = hostJson.extensions.http;
  return {
    name,
    language: 'node',
    isDisabled: isDisabled(settings, name),
    invoke_url_template:
      trigger.type === 'httptrigger' ? `/${routePrefix}/${trigger.route ?? name}` : null,
    config: { name, bindings },
  };
}
