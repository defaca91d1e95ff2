/**
 * Stands between the sockets of one storage service and Azurite: counts the calls and lets faults
 * meet them. A call that meets none goes on untouched, on the same port; but for a blob's name that
 * Azurite could not live with.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { BlobChange } from './childMessages.ts';
import type { FaultRules, StorageCall } from './faultRules.ts';
import type { StorageFault, StorageService } from './faults.ts';
import { refusals, refuse } from './refusals.ts';

export interface Traffic {
  /** By service, method and container: `blob PUT results`; beyond the bound, `blob PUT …`. */
  readonly callCounts: Map<string, number>;
  faultCount: number;
}

/**
 * Azurite would store such a name, and never again be able to list its container: no XML can hold it.
 * Source: Microsoft Learn, Naming and referencing containers, blobs and metadata, 2026-11-26.
 */
const impossibleInNames = /[\p{Cc}\uFFFE\uFFFF]/u;

export interface FaultyListenerOptions {
  readonly service: StorageService;
  readonly rules: FaultRules;
  readonly traffic: Traffic;
  /** As the service would send it in its `Date` header. */
  readonly nowText: () => string;
  readonly onChange: (change: BlobChange) => void;
  /** Looks at each answer that Azurite is about to give. */
  readonly watchAnswer: (request: IncomingMessage, response: ServerResponse) => void;
}

export function faultyListener(
  azurite: RequestListener,
  { service, rules, traffic, nowText, onChange, watchAnswer }: FaultyListenerOptions,
): RequestListener {
  return (request, response) => {
    const call = callOf(service, request);
    count(traffic, call);
    // Also where the answer never arrives: what was carried out has happened.
    response.once('close', () => {
      if (service === 'blob') tellChange(call, request, response, onChange);
    });
    // Azurite names the time of an answer itself, but not of every refusal.
    response.setHeader('date', nowText());
    const isImpossible = call.method === 'PUT' && impossibleInNames.test(call.blobName);
    // Azurite fails at an address that can't be decoded as if it were its own fault.
    if (isImpossible || decoded(request.url ?? '') === undefined) {
      refuse(response, refusals.invalidUri);
      return;
    }
    watchAnswer(request, response);
    const fault = rules.take(call);
    if (fault === undefined) return azurite(request, response);
    traffic.faultCount += 1;
    meet(fault, { azurite, request, response });
  };
}

/** Containers and queues that are counted by their own names: more than any app here has. */
const maxNamedCount = 1_000;

function count({ callCounts }: Traffic, { service, method, container }: StorageCall): void {
  const own = `${service} ${method} ${container}`;
  const isOwn = callCounts.has(own) || callCounts.size < maxNamedCount;
  const key = isOwn ? own : `${service} ${method} …`;
  callCounts.set(key, (callCounts.get(key) ?? 0) + 1);
}

/** Path-style addresses: `/account/container/blob`. */
function callOf(service: StorageService, { method = '', url = '' }: IncomingMessage): StorageCall {
  const [path = ''] = url.split('?');
  const [, , container = '', ...blobName] = path.split('/');
  return { service, method, container, blobName: decoded(blobName.join('/')) ?? '' };
}

/** As Event Grid tells it: not while blocks are still missing, nor for metadata, tiers and leases. */
function tellChange(
  { method, container, blobName }: StorageCall,
  { url = '' }: IncomingMessage,
  { statusCode }: ServerResponse,
  onChange: FaultyListenerOptions['onChange'],
): void {
  const comp = new URLSearchParams(url.split('?')[1]).get('comp');
  if (blobName === '' || (comp !== null && comp !== 'blocklist')) return;
  const isCarriedOut = statusCode === 201 || statusCode === 202;
  if (!isCarriedOut || (method !== 'PUT' && method !== 'DELETE')) return;
  onChange({ container, blobName, isDeletion: method === 'DELETE' });
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

interface Met {
  readonly azurite: RequestListener;
  readonly request: IncomingMessage;
  readonly response: ServerResponse & { req: IncomingMessage };
}

function meet(fault: StorageFault, { azurite, request, response }: Met): void {
  switch (fault.name) {
    case 'serverBusy':
    case 'operationTimeout':
      refuse(response, refusals[fault.name]);
      return;
    case 'hang':
      return;
    case 'reset':
      request.socket.resetAndDestroy();
      return;
    case 'slow':
      setTimeout(() => {
        if (!request.socket.destroyed) azurite(request, response);
      }, fault.delayMs ?? 0);
      return;
    case 'lostAnswer':
      azurite(request, silent(response));
  }
}

/** Takes the answer and lets the connection go instead of sending it. */
function silent(response: Met['response']): Met['response'] {
  response.write = () => true;
  response.end = () => {
    response.socket?.resetAndDestroy();
    return response;
  };
  return response;
}
