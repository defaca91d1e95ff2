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
const debianPackages = {
  'Azure SDK for Python': 'python3-azure',
  Proton: 'python3-qpid-proton',
  curl: 'curl',
} as const;

/** As the project of their checks pins them. */
const dotnetPackages = ['Azure.Messaging.EventHubs', 'AMQPNetLite'] as const;
const dotnetProject = new URL('../../test/contract/eventHub/dotnet/Checks.csproj', import.meta.url);

const leftOut = 'not installed: its checks were left out';

export async function versionsHere(): Promise<Version[]> {
  const debian = Object.entries(debianPackages).map(async ([name, debianPackage]) => ({
    name: `${name} (Debian ${debianPackage})`,
    version: await debianVersion(debianPackage),
  }));
  const others = await Promise.all([...debian, dotnetVersion()]);
  return [...packageVersions(), ...others, ...pinnedVersions()];
}

/** Of the packages in node_modules. */
export function packageVersions(): Version[] {
  return packages.map((name) => {
    const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
    return { name, version: JSON.parse(readFileSync(file, 'utf8')).version };
  });
}

async function debianVersion(name: string): Promise<string> {
  return printed('dpkg-query', ['-W', '-f', '${Version}', name]);
}

async function dotnetVersion(): Promise<Version> {
  return { name: '.NET SDK', version: await printed('dotnet', ['--version']) };
}

function pinnedVersions(): Version[] {
  const project = readFileSync(dotnetProject, 'utf8');
  return dotnetPackages.map((name) => {
    const [, version = ''] = new RegExp(`"${name}" Version="\\[([^\\]]+)`).exec(project) ?? [];
    return { name: `${name} (with the .NET SDK)`, version };
  });
}

/** Not there, or not installed: its checks were left out. */
async function printed(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args).catch(() => ({ stdout: '' }));
  return stdout.trim() || leftOut;
}
