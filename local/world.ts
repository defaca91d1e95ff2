/**
 * The whole system on one machine: storage, event hub, prediction endpoint and functions host, each
 * on its own port of 127.0.0.1. For development and tests only; nothing of it is deployed.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { names } from '../shared/settings.ts';
import { type EventHub, startEventHub } from './eventHub/startEventHub.ts';
import {
  type FunctionsHostProcess,
  type HostLog,
  startFunctionsHostProcess,
} from './functionsHost/startFunctionsHostProcess.ts';
import {
  type PredictionEndpoint,
  type PredictionEndpointOptions,
  startPredictionEndpoint,
} from './predictionEndpoint/startPredictionEndpoint.ts';
import { type Storage, startStorage } from './storage/startStorage.ts';

/** A second approved container, for photos that cameras announce. */
export const linePhotosContainer = 'line-photos';

export interface WorldOptions {
  /** Keeps storage and hubs across starts; a temporary folder, gone at the end, where unset. */
  readonly dataDir?: string | undefined;
  /** First of five ports; free ones where unset. */
  readonly portBase?: number | undefined;
  /** The app's entry point: its source, or a bundle. */
  readonly entry?: string;
  /** On top of the app's settings for this world. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly prediction?: PredictionEndpointOptions;
  readonly onLog?: (log: HostLog) => void;
}

export interface World {
  readonly storage: Storage;
  readonly eventHub: EventHub;
  readonly prediction: PredictionEndpoint;
  readonly functions: FunctionsHostProcess;
  /** What the app was given. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const modelDir = new URL('samples/partsModel/', import.meta.url).pathname;
const sourceEntry = new URL('../functions/main.ts', import.meta.url).pathname;
const hostJsonFile = new URL('../host.json', import.meta.url).pathname;

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const running = stack();
  try {
    return await startParts(options, running);
  } catch (error) {
    await running.stopAll();
    throw error;
  }
}

/** What was started, ended in reverse order: the host before what it talks to. */
function stack() {
  const parts: (() => Promise<void>)[] = [];
  return {
    async add<Part extends { stop(): Promise<void> }>(starting: Promise<Part>): Promise<Part> {
      const part = await starting;
      parts.push(() => part.stop());
      return part;
    },
    async stopAll() {
      for (const stop of parts.splice(0).toReversed()) await stop();
    },
  };
}

async function startParts(
  options: WorldOptions,
  running: ReturnType<typeof stack>,
): Promise<World> {
  const port = (index: number) =>
    options.portBase === undefined ? {} : { port: options.portBase + index };
  const started = await Promise.allSettled([
    running.add(startPreparedStorage(options)),
    running.add(startHubs(options, port(2))),
    running.add(startPrediction(options, port(3))),
  ]);
  const failed = started.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  const [storage, eventHub, prediction] = started.map(valueOf) as [
    Storage,
    EventHub,
    PredictionEndpoint,
  ];
  const settings = { ...settingsOf(storage, eventHub, prediction), ...options.settings };
  const functions = await running.add(
    startFunctionsHostProcess({
      entry: options.entry ?? sourceEntry,
      settings,
      hostJson: JSON.parse(await readFile(hostJsonFile, 'utf8')),
      onLog: options.onLog ?? (() => {}),
      ...port(4),
    }),
  );
  return { storage, eventHub, prediction, functions, settings, stop: () => running.stopAll() };
}

function valueOf<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

async function startPreparedStorage({ dataDir, portBase }: WorldOptions): Promise<Storage> {
  const ports = portBase === undefined ? {} : { blobPort: portBase, queuePort: portBase + 1 };
  const kept = dataDir === undefined ? {} : { dataDir: await folder(dataDir, 'storage') };
  const storage = await startStorage({ ...ports, ...kept });
  try {
    await createContainers(storage.connectionString);
  } catch (error) {
    await storage.stop();
    throw error;
  }
  return storage;
}

async function createContainers(connectionString: string): Promise<void> {
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  const containers = [names.photosContainer, linePhotosContainer, names.resultsContainer];
  await Promise.all([
    ...containers.map((name) => blobs.getContainerClient(name).createIfNotExists()),
    queues.getQueueClient(names.deferredQueue).createIfNotExists(),
  ]);
}

async function startHubs({ dataDir }: WorldOptions, port: { port?: number }): Promise<EventHub> {
  const kept = dataDir === undefined ? {} : { dataDir: await folder(dataDir, 'hubs') };
  const hubs = [names.capturesHub, names.predictionsHub].map((name) => ({
    name,
    partitionCount: 2,
    consumerGroups: [],
  }));
  return startEventHub({ hubs, ...kept, ...port });
}

function startPrediction(
  { prediction }: WorldOptions,
  port: { port?: number },
): Promise<PredictionEndpoint> {
  const key = randomBytes(16).toString('hex');
  return startPredictionEndpoint({ modelDir, publishedName: 'parts', key, ...port, ...prediction });
}

async function folder(dataDir: string, name: string): Promise<string> {
  const path = join(dataDir, name);
  await mkdir(path, { recursive: true });
  return path;
}

function settingsOf(
  storage: Storage,
  eventHub: EventHub,
  prediction: PredictionEndpoint,
): Record<string, string> {
  return {
    AzureWebJobsStorage: storage.connectionString,
    PhotosStorage: storage.connectionString,
    ResultsStorage: storage.connectionString,
    EventHubs: eventHub.connectionString,
    PREDICTION_ENDPOINT: prediction.endpoint,
    PREDICTION_KEY: prediction.key,
    PREDICTION_PROJECT_ID: prediction.projectId,
    PREDICTION_PUBLISHED_NAME: prediction.publishedName,
    PREDICTION_PROJECT_TYPE: prediction.projectType,
    APPROVED_CONTAINERS: `${names.photosContainer},${linePhotosContainer}`,
  };
}
