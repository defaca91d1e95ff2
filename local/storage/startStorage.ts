/**
 * Azure Storage on this machine: Azurite's services in a process of their own, so that its memory is
 * not ours and a kill ends it, with faults to order. In memory unless a folder is given.
 */
import { loadedOrStopped } from '../closers.ts';
import { type ControlServer, startControlServer } from '../control/startControlServer.ts';
import type { BlobChange } from './childMessages.ts';
import type { StorageService } from './faults.ts';
import { type StorageControl, storageCommands, storageControl } from './storageControl.ts';
import { type StorageProcess, startStorageProcess } from './storageProcess.ts';

export interface StorageOptions {
  /** Keeps everything in this folder across starts. */
  readonly dataDir?: string | undefined;
  /** Hears of what could not be kept; on standard error where unset. */
  readonly onWarning?: ((message: string) => void) | undefined;
  readonly ports?: {
    /** A free one where left out. */
    readonly blob?: number | undefined;
    readonly queue?: number | undefined;
    readonly control?: number | undefined;
    /** No table service where left out: nothing here needs one. */
    readonly table?: number | undefined;
  };
}

export interface Storage extends StorageControl {
  readonly connectionString: string;
  /** With the account, without a trailing slash. */
  readonly blobUrl: string;
  readonly queueUrl: string;
  /** Calls back for every blob that is written as a whole, or deleted, from now on. */
  readonly watchBlobs: (onChange: (change: BlobChange) => void) => Promise<void>;
  /** The control interface's address. */
  readonly controlUrl: string;
  stop(): Promise<void>;
}

const accountName = 'devstoreaccount1';
// Every emulator's key, no secret. Source: Use the Azurite emulator, Well-known storage account, 2026-11-24.
const accountKey =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** @throws Error with the reason where it can't listen, e.g. on a taken port, or can't be loaded. */
export async function startStorage(options: StorageOptions = {}): Promise<Storage> {
  const storage = await openStorage(options);
  await loadedOrStopped(storage);
  return storage;
}

export interface OpenStorage extends Storage {
  /** Calls that come before are answered then. */
  readonly loaded: Promise<void>;
}

/** Storage with its addresses, while it still loads. @throws as above, but for loading. */
export async function openStorage(options: StorageOptions = {}): Promise<OpenStorage> {
  const { dataDir, ports = {}, onWarning = warnOperator } = options;
  const { blob = 0, queue = 0, control: controlPort = 0, table } = ports;
  const child = { dataDir, ports: { blob, queue, table } };
  const storage = await startStorageProcess(child, onWarning);
  const end = () => storage.stop(dataDir === undefined ? 'SIGKILL' : 'SIGTERM');
  const control = storageControl((command) => storage.command(command));
  try {
    const server = await startControlServer(storageCommands(control), controlPort);
    const { watchBlobs, loaded } = storage;
    return {
      ...control,
      ...addresses(storage, server),
      watchBlobs,
      loaded,
      stop: () => stop(server, end),
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function warnOperator(message: string): void {
  process.stderr.write(`storage: ${message}\n`);
}

async function stop(server: ControlServer, end: () => Promise<void>): Promise<void> {
  await Promise.all([server.stop(), end()]);
}

function addresses({ ports }: StorageProcess, { url }: ControlServer) {
  const urlOf = (service: StorageService) => `http://127.0.0.1:${ports[service]}/${accountName}`;
  const endpoints = {
    BlobEndpoint: urlOf('blob'),
    QueueEndpoint: urlOf('queue'),
    ...(ports.table !== undefined && { TableEndpoint: urlOf('table') }),
  };
  const account = { AccountName: accountName, AccountKey: accountKey };
  const parts = { DefaultEndpointsProtocol: 'http', ...account, ...endpoints };
  const named = Object.entries(parts).map(([name, value]) => `${name}=${value};`);
  return {
    connectionString: named.join(''),
    blobUrl: endpoints.BlobEndpoint,
    queueUrl: endpoints.QueueEndpoint,
    controlUrl: url,
  };
}
