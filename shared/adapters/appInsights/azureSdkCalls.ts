/**
 * How a call of Azure's SDKs is told: named by what it does and the container it does it in. By its
 * whole path each would have a name of its own, and its whole address would make each a target, of
 * which the application map draws one node each.
 */
import type { InstrumenterSpanOptions } from '@azure/core-tracing';
import type { Attributes } from '@opentelemetry/api';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';

export interface SdkCall {
  readonly name: string;
  readonly attributes: Attributes;
}

/** Where all processes take their slots. Source: shared/settings.ts. */
const slotsContainer = 'quota';

type Given = Pick<InstrumenterSpanOptions, 'spanAttributes'>;

/** @returns `undefined` for calls that would tell operators nothing. */
export function sdkCall(name: string, { spanAttributes = {} }: Given): SdkCall | undefined {
  // A wrapper of the hub's client for each event it packs.
  if (name === 'message') return undefined;
  const { 'http.method': method, 'http.url': url } = spanAttributes;
  if (typeof method !== 'string' || typeof url !== 'string') return messaging(name, spanAttributes);
  return request(method, url);
}

function request(method: string, address: string): SdkCall | undefined {
  const url = URL.parse(address);
  if (!url) return { name: method, attributes: { [ATTR_HTTP_REQUEST_METHOD]: method } };
  const { protocol, hostname, port, pathname } = url;
  const container = containerOf(hostname, pathname);
  // Telemetry itself, and slots: one of those for each few photos, on a blob that all wait for.
  if (/^\/v2(?:\.1)?\/track$/.test(pathname) || container === slotsContainer) return undefined;
  return {
    name: `${method} ${container}`,
    attributes: {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      [ATTR_URL_SCHEME]: protocol.slice(0, -1),
      [ATTR_SERVER_ADDRESS]: hostname,
      ...(port !== '' && { [ATTR_SERVER_PORT]: Number(port) }),
      [ATTR_URL_PATH]: pathname,
    },
  };
}

/** An emulator has the account in front: its host is no account's. */
function containerOf(hostname: string, pathname: string): string {
  const [first = '', second = ''] = pathname.slice(1).split('/', 2);
  return /^[\d.]+$|^\[|^localhost$/.test(hostname) ? second : first;
}

/** The exporter draws hubs by a name from before the conventions. */
function messaging(name: string, attributes: Readonly<Record<string, unknown>>): SdkCall {
  const { 'messaging.destination.name': destination, ...others } = told(attributes);
  return destination === undefined
    ? { name, attributes: others }
    : { name, attributes: { ...others, 'message_bus.destination': destination } };
}

/** Only what there is to tell. */
export function told(attributes: Readonly<Record<string, unknown>>): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (isTold(name, value)) kept[todaysName(name)] = value;
  }
  return kept;
}

/** The same of every call, or made up here and known to nobody else: each a hundred bytes, paid for. */
const untold: ReadonlySet<string> = new Set(['http.user_agent', 'requestId']);

const renamed: Readonly<Record<string, string>> = {
  'http.status_code': ATTR_HTTP_RESPONSE_STATUS_CODE,
};

export function isTold(name: string, value: unknown): value is string | number | boolean {
  const isTellable = typeof value === 'string' ? value !== '' : kindsTold.has(typeof value);
  return isTellable && !untold.has(name);
}

const kindsTold: ReadonlySet<string> = new Set(['number', 'boolean']);

/** In OpenTelemetry's conventions. */
export function todaysName(name: string): string {
  return renamed[name] ?? name;
}
