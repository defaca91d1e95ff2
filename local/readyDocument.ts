/** The addresses of a running world, for scripts and clients in any language. */
import { rename, writeFile } from 'node:fs/promises';
import { eventHubDocument } from './parts/eventHub.ts';
import { functionsDocument } from './parts/functions.ts';
import { predictionDocument } from './parts/prediction.ts';
import { storageDocument } from './parts/storage.ts';
import { telemetryDocument } from './parts/telemetry.ts';
import type { Backends, World } from './world.ts';

/** A part that isn't there is `null`. */
export function readyDocument(world: Backends | World) {
  return {
    storage: storageDocument(world.storage),
    eventHubs: eventHubDocument(world.eventHub),
    prediction: predictionDocument(world.prediction),
    functions: 'functions' in world ? functionsDocument(world.functions) : null,
    telemetry: telemetryDocument(world.telemetry),
  };
}

/** Whoever waits for the file finds it whole: it is written beside and then moved. */
export async function writeReadyFile(file: string, world: Backends | World): Promise<void> {
  await writeWhole(file, readyDocument(world));
}

/** In the form of local.settings.json: the operators' commands take it as it is. */
export async function writeSettingsFile(file: string, { settings }: Backends): Promise<void> {
  await writeWhole(file, { IsEncrypted: false, Values: settings });
}

async function writeWhole(file: string, document: object): Promise<void> {
  const beside = `${file}.${process.pid}.part`;
  await writeFile(beside, `${JSON.stringify(document, null, 2)}\n`);
  await rename(beside, file);
}
