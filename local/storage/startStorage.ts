/**
 * Azure Storage on this machine: Azurite's blob and queue service in a process of their own, so that
 * its memory is not ours and a kill ends it. In memory unless a folder is given.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface StorageOptions {
  /** Keeps everything in this folder across starts. */
  readonly dataDir?: string;
  /** 0, the default, takes a free one. */
  readonly blobPort?: number;
  readonly queuePort?: number;
}

export interface Storage {
  readonly connectionString: string;
  /** With the account, without a trailing slash. */
  readonly blobUrl: string;
  readonly queueUrl: string;
  stop(): Promise<void>;
}

const accountName = 'devstoreaccount1';
// Every emulator's key, no secret. Source: Use the Azurite emulator, Well-known storage account, 2026-11-24.
const accountKey =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Writing what is still in memory takes a moment; longer than this means it hangs. */
const stopTimeoutMs = 5_000;
const keptLogLineCount = 20;

/** @throws Error with Azurite's own words where it ends before it listens, e.g. on a taken port. */
export async function startStorage(options: StorageOptions = {}): Promise<Storage> {
  const child = fork(new URL('./azuriteChild.ts', import.meta.url), azuriteArguments(options), {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Its own process group: Ctrl-C in a terminal ends the host first, then storage.
    detached: true,
  });
  const { blobPort, queuePort } = await listening(child);
  const blobUrl = `http://127.0.0.1:${blobPort}/${accountName}`;
  const queueUrl = `http://127.0.0.1:${queuePort}/${accountName}`;
  return {
    connectionString: connectionString(blobUrl, queueUrl),
    blobUrl,
    queueUrl,
    stop: () => stop(child, options.dataDir === undefined ? 'SIGKILL' : 'SIGTERM'),
  };
}

function azuriteArguments({ dataDir, blobPort = 0, queuePort = 0 }: StorageOptions): string[] {
  const persistence = dataDir === undefined ? ['--inMemoryPersistence'] : ['--location', dataDir];
  const ports = ['--blobPort', blobPort, '--queuePort', queuePort, '--tablePort', 0].map(String);
  // The SDKs speak newer API versions than Azurite knows.
  const lenience = ['--loose', '--skipApiVersionCheck'];
  return [...persistence, ...ports, ...lenience, '--silent', '--disableTelemetry'];
}

function connectionString(blobUrl: string, queueUrl: string): string {
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${accountName}`,
    `AccountKey=${accountKey}`,
    `BlobEndpoint=${blobUrl}`,
    `QueueEndpoint=${queueUrl}`,
    '',
  ].join(';');
}

interface Ports {
  readonly blobPort: number;
  readonly queuePort: number;
}

function listening(child: ChildProcess): Promise<Ports> {
  const lines: string[] = [];
  const ports = new Map<string, number>();
  return new Promise((resolve, reject) => {
    const read = (line: string) => {
      if (lines.push(line) > keptLogLineCount) lines.shift();
      const [, service, port] =
        /^Azurite (\w+) service is successfully listening at http:.*:(\d+)$/.exec(line) ?? [];
      if (service !== undefined) ports.set(service, Number(port));
      const blobPort = ports.get('Blob');
      const queuePort = ports.get('Queue');
      if (blobPort !== undefined && queuePort !== undefined) resolve({ blobPort, queuePort });
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', read);
    }
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`Azurite ended with code ${code} before it listened:\n${lines.join('\n')}`)),
    );
  });
}

async function stop(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const impatience = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(impatience);
}
