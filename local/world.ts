/**
 * The whole system on one machine: storage, event hub, prediction endpoint and functions host, each
 * on its own port of 127.0.0.1. For development and tests only; nothing of it is deployed.
 */
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

/** Everything the app talks to. */
export interface Backends {
  readonly storage: Storage;
  readonly eventHub: EventHub;
  readonly prediction: PredictionEndpoint;
  /** What the app is to be given. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface World extends Backends {
  readonly functions: FunctionsHostProcess;
}

const modelDir = new URL('samples/partsModel/', import.meta.url).pathname;
const sourceEntry = new URL('../functions/main.ts', import.meta.url).pathname;
const hostJsonFile = new URL('../host.json', import.meta.url).pathname;

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const backends = await startBackends(options);
  try {
    const functions = await startFunctionsHostProcess({
      entry: options.entry ?? sourceEntry,
      settings: backends.settings,
      hostJson: JSON.parse(await readFile(hostJsonFile, 'utf8')),
      onLog: options.onLog ?? (() => {}),
      ...portOf(options, 4),
    });
    return {
      ...backends,
      functions,
      async stop() {
        // The host first: it talks to the others.
        await functions.stop();
        await backends.stop();
      },
    };
  } catch (error) {
    await backends.stop();
    throw error;
  }
}

export async function startBackends(options: WorldOptions = {}): Promise<Backends> {
  const [storage, eventHub, prediction] = await startTogether(
    startPreparedStorage(options),
    startHubs(options),
    startPrediction(options),
  );
  return {
    storage,
    eventHub,
    prediction,
    settings: { ...settingsOf(storage, eventHub, prediction), ...options.settings },
    async stop() {
      await Promise.all([storage.stop(), eventHub.stop(), prediction.stop()]);
    },
  };
}

interface Part {
  stop(): Promise<void>;
}

/** All or none: where one part fails to start, those that did are stopped again. */
async function startTogether<One extends Part, Two extends Part, Three extends Part>(
  one: Promise<One>,
  two: Promise<Two>,
  three: Promise<Three>,
): Promise<[One, Two, Three]> {
  try {
    return await Promise.all([one, two, three]);
  } catch (error) {
    const parts = await Promise.allSettled<Part>([one, two, three]);
    const started = parts.flatMap((part) => (part.status === 'fulfilled' ? [part.value] : []));
    await Promise.all(started.map((part) => part.stop()));
    throw error;
  }
}

function portOf({ portBase }: WorldOptions, index: number): { port?: number } {
  return portBase === undefined ? {} : { port: portBase + index };
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

async function startHubs(options: WorldOptions): Promise<EventHub> {
  const { dataDir } = options;
  const kept = dataDir === undefined ? {} : { dataDir: await folder(dataDir, 'hubs') };
  const hubs = [names.capturesHub, names.predictionsHub].map((name) => ({
    name,
    partitionCount: 2,
    consumerGroups: [],
  }));
  return startEventHub({ hubs, ...kept, ...portOf(options, 2) });
}

function startPrediction(options: WorldOptions): Promise<PredictionEndpoint> {
  const defaults = { modelDir, publishedName: 'parts', ...portOf(options, 3) };
  return startPredictionEndpoint({ ...defaults, ...options.prediction });
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
