/** A site of the host's HTTP part over a storage of its own, for the tests of one file. */
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { HttpTrigger } from '../../../../local/functionsHost/app/functionMetadata.ts';
import type { InvocationRequest } from '../../../../local/functionsHost/app/invocation.ts';
import type { Authorization } from '../../../../local/functionsHost/triggers/http/authorization.ts';
import { hostKeys } from '../../../../local/functionsHost/triggers/http/hostKeys.ts';
import { startHttpServer } from '../../../../local/functionsHost/triggers/http/httpServer.ts';
import { type Storage, startStorage } from '../../../../local/storage/startStorage.ts';
import { servedFunction, triggerContext } from './triggerContext.ts';

interface Site {
  readonly authorization?: Authorization;
  readonly http?: Record<string, unknown>;
  readonly settings?: Readonly<Record<string, string>>;
  readonly hostId?: string;
  readonly handler?: (request: InvocationRequest) => unknown;
  readonly onLog?: (message: string) => void;
}

function httpTrigger(authLevel: HttpTrigger['authLevel'], route?: string): HttpTrigger {
  const methods = ['GET', 'POST'];
  return { type: 'httptrigger', methods, authLevel, ...(route !== undefined && { route }) };
}

/** Registers the hooks that start and stop what the sites need. */
export function httpSites() {
  let storage: Storage;
  const servers: { stop(graceMs: number): Promise<void> }[] = [];

  beforeAll(async () => {
    storage = await startStorage();
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop(1_000)));
  });
  afterAll(() => storage.stop());

  /** One function for each level, a second of the usual one, a queue function, and one whose route can't be read. */
  async function open({ authorization = 'coreTools', http = {}, ...site }: Site = {}) {
    const { handler = () => {}, onLog = () => {} } = site;
    const hostJson = { extensions: { http } };
    const given = triggerContext(storage, { hostJson, handler, onLog });
    const switchedOff = { 'AzureWebJobs.off.Disabled': 'true' };
    const settings = { ...given.settings, ...switchedOff, ...site.settings };
    const context = { ...given, settings, authorization, hostId: site.hostId ?? given.hostId };
    const levels = (['anonymous', 'function', 'admin'] as const).map((level) =>
      servedFunction(httpTrigger(level), { name: level }),
    );
    const queue = { type: 'queuetrigger', queueName: 'work', connection: 'Missing' } as const;
    const others = [
      servedFunction(queue, { name: 'onWork' }),
      servedFunction(httpTrigger('anonymous', 'odd/{id:prime}'), { name: 'odd' }),
      servedFunction(httpTrigger('anonymous'), { name: 'off' }),
      servedFunction(httpTrigger('function'), { name: 'otherFunction' }),
    ];
    const functions = [...levels, ...others].map(({ called }) => called);
    const server = await startHttpServer(context, functions, 0);
    servers.push(server);
    return { url: server.url, getKeys: hostKeys(context) };
  }

  return {
    open,
    /** Where the host keeps its keys. */
    secrets: () =>
      BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient(
        'azure-webjobs-secrets',
      ),
  };
}

export const status = async (url: string, init?: RequestInit) => (await fetch(url, init)).status;
