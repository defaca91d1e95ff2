/**
 * What the parts of the world have in common. Each part has a file here: its command line options,
 * how it starts, what the app is told of it and what the ready document says.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorldOptions } from '../worldOptions.ts';

/** An option of `npm start`. */
export interface Flag {
  readonly type: 'string' | 'boolean';
  /** Stands for the value in the usage: `DIR`. */
  readonly takes?: string;
  readonly help: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** In the order in which `--port-base N` deals them out, from N on. New ones go to the end. */
export const portNames = [
  'blob',
  'queue',
  'eventHub',
  'prediction',
  'functions',
  'storageControl',
  'table',
  'eventHubControl',
  'telemetry',
  'telemetryControl',
] as const;

/** A free port where one is left out. */
export type Ports = Readonly<Partial<Record<(typeof portNames)[number], number>>>;

export function portsFrom(base: number): Ports {
  return Object.fromEntries(portNames.map((name, index) => [name, base + index]));
}

/** As an option of its own, left out where there is none. */
export function portOption(port: number | undefined): { readonly port?: number } {
  return port === undefined ? {} : { port };
}

/** What a part has to say, among the world's log lines; its own way out where nobody asked for those. */
export function warningsTo(
  onLog: WorldOptions['onLog'],
  log: { readonly level: 'warning' | 'error'; readonly category: string },
): { readonly onWarning?: (message: string) => void } {
  if (!onLog) return {};
  return { onWarning: (message) => onLog({ ...log, atMs: Date.now(), message }) };
}

/** A folder of the kept data, made where it is missing; nothing where nothing is kept. */
export async function keptIn(
  dataDir: string | undefined,
  name: string,
): Promise<{ readonly dataDir?: string }> {
  if (dataDir === undefined) return {};
  const path = join(dataDir, name);
  await mkdir(path, { recursive: true });
  return { dataDir: path };
}
