/**
 * The whole system on one machine: storage, event hub, prediction endpoint and functions host, each
 * on its own port of 127.0.0.1. For development and tests only; nothing of it is deployed.
 */
import { loadedOrStopped } from './closers.ts';
import type { EventHub } from './eventHub/startEventHub.ts';
import type { FunctionsHost } from './functionsHost/options.ts';
import { claimDataFolder } from './parts/dataFolder.ts';
import { startEventGridPart } from './parts/eventGrid.ts';
import { eventHubSettings, startEventHubPart } from './parts/eventHub.ts';
import { prepareFunctionsPart, startFunctionsPart } from './parts/functions.ts';
import { openPredictionPart, predictionSettings, quotaSettings } from './parts/prediction.ts';
import { openStoragePart, storageSettings } from './parts/storage.ts';
import { assertPortsFree } from './parts/takenPorts.ts';
import { startTelemetryPart, telemetrySettings } from './parts/telemetry.ts';
import { trustSettings } from './parts/trust.ts';
import type { PredictionEndpoint } from './predictionEndpoint/startPredictionEndpoint.ts';
import type { Storage } from './storage/startStorage.ts';
import type { TelemetryCollector } from './telemetryCollector/startTelemetryCollector.ts';
import type { WorldOptions } from './worldOptions.ts';

/** Everything the app talks to. */
export interface Backends {
  readonly storage: Storage;
  readonly eventHub: EventHub;
  readonly prediction: PredictionEndpoint;
  /** Absent where the world was not asked for it. */
  readonly telemetry: TelemetryCollector | undefined;
  /** What the app is to be given. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface World extends Backends {
  readonly functions: FunctionsHost;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const host = prepareFunctionsPart(options);
  const opened = await openBackends(options).catch(async (error: unknown) => {
    await host.discard();
    throw error;
  });
  // The app loads while storage and the models do.
  const given = { watchBlobs: opened.watchBlobs, ...options.functions };
  const starting = startFunctionsPart(host, { ...options, functions: given }, opened.settings);
  try {
    const [functions, backends] = await Promise.all([starting, opened.loaded]);
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
    await starting.then(
      (functions) => functions.stop(),
      () => host.discard(),
    );
    await opened.stop();
    throw error;
  }
}

/** All parts but the functions host. */
export async function startBackends(options: WorldOptions = {}): Promise<Backends> {
  return loadedOrStopped(await openBackends(options));
}

/** All addresses, while storage and the models load: calls that come before are answered then. */
interface OpenBackends extends Pick<Backends, 'settings' | 'stop'>, Pick<Storage, 'watchBlobs'> {
  readonly loaded: Promise<Backends>;
}

async function openBackends(options: WorldOptions): Promise<OpenBackends> {
  await assertPortsFree(options.ports ?? {});
  const release = await claimDataFolder(options.dataDir);
  return openParts(options, release).catch(async (error: unknown) => {
    await release();
    throw error;
  });
}

/** @param release - once all has ended: until then files are written. */
async function openParts(
  options: WorldOptions,
  release: () => Promise<void>,
): Promise<OpenBackends> {
  const [{ storage, prepared }, eventHub, openPrediction, { collector: telemetry, ...told }] =
    await startTogether(
      openStoragePart(options),
      startEventHubPart(options),
      openPredictionPart(options),
      startTelemetryPart(options),
    );
  const grid = startEventGridPart(storage, options);
  const stop = async () => {
    (await grid.catch(() => undefined))?.stop();
    await Promise.all([storage.stop(), eventHub.stop(), openPrediction.stop(), told.stop()]);
    await release();
  };
  const trusted = await trustSettings(eventHub, telemetry).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const settings = {
    ...storageSettings(storage),
    ...eventHubSettings(eventHub),
    ...predictionSettings(openPrediction),
    ...quotaSettings(options),
    ...telemetrySettings(telemetry),
    ...trusted,
    ...options.settings,
  };
  const rest = { storage, eventHub, telemetry, settings, stop };
  const loaded = Promise.all([openPrediction.loaded, prepared, grid]).then(
    ([prediction]): Backends => ({ ...rest, prediction }),
  );
  // Whoever opened them waits for it.
  loaded.catch(() => {});
  return { settings, stop, watchBlobs: storage.watchBlobs, loaded };
}

interface Part {
  stop(): Promise<void>;
}

/** All or none: where one part fails to start, those that did are stopped again. */
async function startTogether<
  One extends Part,
  Two extends Part,
  Three extends Part,
  Four extends Part,
>(
  one: Promise<One>,
  two: Promise<Two>,
  three: Promise<Three>,
  four: Promise<Four>,
): Promise<[One, Two, Three, Four]> {
  try {
    return await Promise.all([one, two, three, four]);
  } catch (error) {
    const parts = await Promise.allSettled<Part>([one, two, three, four]);
    const started = parts.flatMap((part) => (part.status === 'fulfilled' ? [part.value] : []));
    await Promise.all(started.map((part) => part.stop()));
    throw error;
  }
}
