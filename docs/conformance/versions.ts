/** The versions that a run of the conformance suites is about. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Version } from './page.ts';

const packages = [
  'node',
  'azurite',
  '@azure/event-hubs',
  '@azure/eventhubs-checkpointstore-blob',
  '@azure/functions',
  '@azure/storage-blob',
  '@azure/storage-queue',
  '@azure/cognitiveservices-customvision-prediction',
  'onnxruntime-node',
  'onnxruntime-web',
  'rhea',
] as const;

/** Debian's packages of clients in other languages. */
const debianPackages = { 'Azure SDK for Python': 'python3-azure', curl: 'curl' } as const;

export async function versionsHere(): Promise<Version[]> {
  const debian = Object.entries(debianPackages).map(async ([name, debianPackage]) => ({
    name: `${name} (Debian ${debianPackage})`,
    version: await debianVersion(debianPackage),
  }));
  return [...packageVersions(), ...(await Promise.all(debian))];
}

/** Of the packages in node_modules. */
export function packageVersions(): Version[] {
  return packages.map((name) => {
    const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
    return { name, version: JSON.parse(readFileSync(file, 'utf8')).version };
  });
}

async function debianVersion(name: string): Promise<string> {
  const query = promisify(execFile)('dpkg-query', ['-W', '-f', '${Version}', name]);
  // No Debian, or not installed: its checks were left out.
  const { stdout } = await query.catch(() => ({ stdout: '' }));
  return stdout === '' ? 'not installed: its checks were left out' : stdout;
}
