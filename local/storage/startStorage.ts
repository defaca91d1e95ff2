/** Azurite (Blob and Queue storage on this machine) as a child process on 127.0.0.1. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

export interface StorageOptions {
  /** In memory where unset. */
  readonly dataDir?: string;
  /** 0, the default, takes a free one. */
  readonly blobPort?: number;
  readonly queuePort?: number;
}

export interface Storage {
  readonly connectionString: string;
  readonly blobUrl: string;
  readonly queueUrl: string;
  stop(): Promise<void>;
}

/** The public key of every emulator. Source: "Use the Azurite emulator", read 2026-11-24. */
const account = 'devstoreaccount1';
const accountKey =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const startTimeoutMs = 20_000;
/** It writes its data on the way out. */
const stopTimeoutMs = 4_000;
const listening = {
  blob: /Blob service is successfully listening at (http:\S+)/,
  queue: /Queue service is successfully listening at (http:\S+)/,
};

/** @throws Error when a port is taken or Azurite does not come up, with its own words. */
export async function startStorage(options: StorageOptions = {}): Promise<Storage> {
  const child = spawn(process.execPath, [azuriteScript(), ...argumentsOf(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A parent that dies without stopping it must not leave it behind.
  const orphaned = () => child.kill('SIGKILL');
  process.once('exit', orphaned);
  try {
    const addresses = await addressesOf(child);
    return {
      ...addresses,
      connectionString: connectionStringOf(addresses),
      async stop() {
        process.off('exit', orphaned);
        await end(child);
      },
    };
  } catch (error) {
    orphaned();
    throw error;
  }
}

function azuriteScript(): string {
  return createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js');
}

function argumentsOf({ dataDir, blobPort = 0, queuePort = 0 }: StorageOptions): string[] {
  const kept = dataDir === undefined ? ['--inMemoryPersistence'] : ['--location', dataDir];
  const ports = { blobPort, queuePort, tablePort: 0 };
  return [
    ...kept,
    ...Object.entries(ports).flatMap(([name, port]) => [`--${name}`, String(port)]),
    ...['--blobHost', '--queueHost', '--tableHost'].flatMap((name) => [name, '127.0.0.1']),
    // The SDKs are newer than the API versions Azurite knows.
    '--skipApiVersionCheck',
    '--loose',
    '--disableTelemetry',
    '--silent',
  ];
}

interface Addresses {
  readonly blobUrl: string;
  readonly queueUrl: string;
}

/** With port 0 only its own words tell where it listens. */
function addressesOf(child: ChildProcess): Promise<Addresses> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (what: string) => reject(new Error(`storage did not start: ${what}\n${said}`));
    const timer = setTimeout(() => fail(`no answer in ${startTimeoutMs} ms`), startTimeoutMs);
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const blob = listening.blob.exec(said)?.[1];
      const queue = listening.queue.exec(said)?.[1];
      if (blob === undefined || queue === undefined) return;
      clearTimeout(timer);
      resolve({ blobUrl: `${blob}/${account}`, queueUrl: `${queue}/${account}` });
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`it ended with code ${code}`);
    });
  });
}

function connectionStringOf({ blobUrl, queueUrl }: Addresses): string {
  const parts = {
    DefaultEndpointsProtocol: 'http',
    AccountName: account,
    AccountKey: accountKey,
    BlobEndpoint: blobUrl,
    QueueEndpoint: queueUrl,
  };
  return Object.entries(parts)
    .map(([name, value]) => `${name}=${value};`)
    .join('');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const isSlow = await Promise.race([
    exited.then(() => false),
    sleep(stopTimeoutMs, true, { ref: false }),
  ]);
  if (isSlow) child.kill('SIGKILL');
  await exited;
}
