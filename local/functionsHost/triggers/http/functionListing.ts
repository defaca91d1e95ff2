/** A function as `/admin/functions` shows it, for the portal and for tools. */
import type { IncomingMessage } from 'node:http';
import type { AppFunction } from '../../app/appFunction.ts';
import { isDisabled } from '../../settings.ts';
import { urlOf } from './httpData.ts';
import type { Site } from './site.ts';

export function listedFunction(
  { context: { settings, hostJson } }: Site,
  request: IncomingMessage,
  { name, trigger, metadata }: AppFunction,
) {
  const { origin } = urlOf(request);
  const prefix = hostJson.extensions.http.routePrefix;
  const bindings = Object.entries(metadata.bindings).map(([bindingName, binding]) => ({
    ...binding,
    name: bindingName,
  }));
  return {
    name,
    href: `${origin}/admin/functions/${name}`,
    // Only what is called over HTTP has an address of its own.
    invoke_url_template:
      trigger.type === 'httptrigger'
        ? `${origin}${prefix === '' ? '' : `/${prefix}`}/${trigger.route ?? name}`
        : null,
    language: 'node',
    config: { name, entryPoint: '', language: 'node', bindings },
    files: null,
    test_data: '',
    isDisabled: isDisabled(settings, name),
    isDirect: true,
    isProxy: false,
  };
}
