/** The world of a drill, with the verbs that scenarios are written in. Everything waits by looking. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EventHubProducerClient } from '@azure/event-hubs';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { startWorld, type World } from '../../local/world.ts';
import type { WorldOptions } from '../../local/worldOptions.ts';
import { plainPhoto } from '../../shared/photo/plainPhoto.ts';
import { names } from '../../shared/settings.ts';
import type { SignalRow } from '../../shared/telemetry/alerts/evaluate.ts';
import type { SignalTable } from '../../shared/telemetry/alerts/signal.ts';
import type { DrillGround } from './runStage.ts';

type Part = 'storage' | 'prediction' | 'functions' | 'eventHubs' | 'telemetry';
type TimerName = 'reportQuota' | 'probeEndpoint' | 'sweepLedger' | 'reconcilePhotos';

export interface Ground extends DrillGround {
  readonly blobs: BlobServiceClient;
  readonly queues: QueueServiceClient;
  readonly captures: EventHubProducerClient;
  /** Commands of a part's control interface. */
  order(part: Part, method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<void>;
  /** Runs a timer function to its end. */
  run(timer: TimerName): Promise<void>;
  /** An operator's command, with the app's settings. */
  command(...words: string[]): Promise<void>;
  /** @returns the names of as many new photos; each is uploaded under one of its own. */
  upload(count: number, bytes?: Buffer, container?: string): Promise<string[]>;
  /** @throws Error where what is waited for does not come. */
  until(what: string, isThere: () => boolean | Promise<boolean>, withinMs?: number): Promise<void>;
  /** Waits until the outcomes of these photos were told. */
  settled(photos: readonly string[], withinMs?: number): Promise<void>;
  /** Calls with telemetry that were refused. */
  refusedCount(): number;
  rows(table: SignalTable, name: string, sinceMs: number): readonly SignalRow[];
  /** All that arrived, as the app's exporter sent it. */
  texts(): readonly string[];
  close(): Promise<void>;
}

/** A busy machine is no reason to call a rule silent. */
const patienceMs = 180_000;
const lookEveryMs = 100;

/**
 * Metrics told between two exports come together: once these are there, all counted before them is
 * too. A report tells them apart from each other, and an export may come between.
 */
const barriers = [
  'sightglass.parked.messages',
  'sightglass.ledger.in_flight',
  'sightglass.events.lag',
];
const barrierPatienceMs = 15_000;

/** What makes telemetry come soon: in the app of a drill, nowhere else. */
const promptTelemetry = {
  OTEL_METRIC_EXPORT_INTERVAL: '500',
  OTEL_METRIC_EXPORT_TIMEOUT: '500',
  OTEL_BLRP_SCHEDULE_DELAY: '200',
  OTEL_BSP_SCHEDULE_DELAY: '500',
};

export async function openGround(options: WorldOptions): Promise<Ground> {
  const settings = { ...promptTelemetry, ...options.settings };
  const world = await startWorld({ ...options, telemetry: true, settings });
  return groundOn(world);
}

function groundOn(world: World): Ground {
  const { telemetry } = world;
  if (!telemetry) throw new Error('the world has no telemetry collector');
  const captures = new EventHubProducerClient(world.eventHub.connectionString, names.capturesHub);
  const rows: Ground['rows'] = (table, name, sinceMs) => telemetry.rows(table, { sinceMs, name });
  const storage = clients(world);
  return {
    ...storage,
    ...orders(world),
    ...waits(rows, (timer) => runTimer(world, timer)),
    captures,
    rows,
    nowMs: Date.now,
    rowsSince: (sinceMs) => (table) => telemetry.rows(table, { sinceMs }),
    texts: telemetry.texts,
    upload: uploader(storage.blobs),
    refusedCount: () => telemetry.stats().faultyCount,
    async close() {
      await captures.close();
      await world.stop();
    },
  };
}

function clients({ storage: { connectionString } }: World): Pick<Ground, 'blobs' | 'queues'> {
  return {
    blobs: BlobServiceClient.fromConnectionString(connectionString),
    queues: QueueServiceClient.fromConnectionString(connectionString),
  };
}

function orders(world: World): Pick<Ground, 'order' | 'run' | 'command'> {
  return {
    order: (part, method, path, body) => order(controlUrl(world, part), method, path, body),
    run: (timer) => runTimer(world, timer),
    command: (...words) => command(world, words),
  };
}

function runTimer(world: World, timer: TimerName): Promise<void> {
  return order(controlUrl(world, 'functions'), 'POST', 'timers', { function: timer });
}

function uploader(blobs: BlobServiceClient): Ground['upload'] {
  let photoCount = 0;
  return async (count, bytes = plainPhoto, containerName = names.photosContainer) => {
    const container = blobs.getContainerClient(containerName);
    const uploaded = Array.from({ length: count }, () => {
      photoCount += 1;
      return `drill/${photoCount}.jpg`;
    });
    await Promise.all(uploaded.map((name) => container.getBlockBlobClient(name).uploadData(bytes)));
    return uploaded.map((name) => `${containerName}/${name}`);
  };
}

function waits(
  rows: Ground['rows'],
  run: Ground['run'],
): Pick<Ground, 'cameTrue' | 'until' | 'settled' | 'settle'> {
  const until: Ground['until'] = async (what, isThere, withinMs = patienceMs) => {
    if (await cameTrue(isThere, withinMs)) return;
    throw new Error(`waited ${withinMs / 1_000} s in vain for ${what}`);
  };
  return {
    until,
    cameTrue: (condition) => cameTrue(condition, patienceMs),
    settled(photos, withinMs) {
      const areTold = () => {
        const told = rows('customEvents', 'photo.settled', 0);
        const named = new Set(told.map(({ customDimensions }) => customDimensions['photo']));
        return photos.every((photo) => named.has(photo));
      };
      return until(`outcomes of ${photos.length} photos`, areTold, withinMs);
    },
    async settle() {
      await until('readings', async () => {
        const sinceMs = Date.now();
        const isThere = (name: string) => rows('customMetrics', name, sinceMs).length > 0;
        await run('reportQuota');
        return cameTrue(() => barriers.every(isThere), barrierPatienceMs);
      });
    },
  };
}

async function cameTrue(
  isThere: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<boolean> {
  const deadlineMs = Date.now() + withinMs;
  while (!(await isThere())) {
    if (Date.now() > deadlineMs) return false;
    // A drill that was interrupted leaves waits behind: they keep no process alive.
    await delay(lookEveryMs, undefined, { ref: false });
  }
  return true;
}

function controlUrl(world: World, part: Part): string {
  const urls: Readonly<Record<Part, string | undefined>> = {
    storage: world.storage.controlUrl,
    prediction: world.prediction.endpoint,
    functions: world.functions.controlUrl,
    eventHubs: world.eventHub.controlUrl,
    telemetry: world.telemetry?.controlUrl,
  };
  return urls[part] ?? '';
}

async function order(url: string, method: string, path: string, body?: unknown): Promise<void> {
  const answer = await fetch(`${url}/control/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (answer.ok) return;
  throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

const cliFile = fileURLToPath(new URL('../main.ts', import.meta.url));

async function command(world: World, words: readonly string[]): Promise<void> {
  const env = { PATH: process.env['PATH'], ...world.settings };
  const child = spawn(process.execPath, [cliFile, ...words], { env, stdio: 'ignore' });
  await once(child, 'close');
  if (child.exitCode === 0) return;
  throw new Error(`${words.join(' ')}: exit code ${child.exitCode ?? 'none'}`);
}
