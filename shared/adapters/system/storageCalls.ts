/**
 * Counts what goes over the wire to storage: retries included, as it is billed. Node tells of every
 * request it sends; the SDK needs no hook.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import type { AttributeValue } from '../../telemetry/catalogue/attributes.ts';

type StorageOperation = AttributeValue<'storageOperation'>;

export interface StorageServices {
  /** Addresses of the services. */
  readonly blobUrls: readonly string[];
  readonly queueUrls: readonly string[];
}

/** Source: Node.js documentation, diagnostics_channel, built-in channels, read 2026-11-25. */
const channel = 'http.client.request.start';

/** @returns stops counting. */
export function watchStorageCalls(
  { blobUrls, queueUrls }: StorageServices,
  onCall: (operation: StorageOperation) => void,
): () => void {
  const blobHosts = hostsOf(blobUrls);
  const queueHosts = hostsOf(queueUrls);
  const listen = (message: unknown): void => {
    const request = requestOf(message);
    const host = String(request?.getHeader('host') ?? '');
    if (!request) return;
    if (queueHosts.has(host)) onCall('queue');
    else if (blobHosts.has(host)) onCall(operationOf(request.method, request.path));
  };
  subscribe(channel, listen);
  return () => void unsubscribe(channel, listen);
}

function hostsOf(urls: readonly string[]): ReadonlySet<string> {
  return new Set(urls.map((url) => new URL(url).host));
}

function requestOf(message: unknown): ClientRequest | undefined {
  if (typeof message !== 'object' || message === null || !('request' in message)) return undefined;
  return message.request instanceof ClientRequest ? message.request : undefined;
}

function operationOf(method: string, path: string): StorageOperation {
  if (method === 'DELETE') return 'delete';
  if (method !== 'GET' && method !== 'HEAD') return 'write';
  return /[?&]comp=list(?:&|$)/.test(path) ? 'list' : 'read';
}
