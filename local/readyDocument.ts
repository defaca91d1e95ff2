/** The addresses of a running world, for scripts and clients in any language. */
import { rename, writeFile } from 'node:fs/promises';
import { names } from '../shared/settings.ts';
import type { World } from './world.ts';

/** A part that does not exist yet is `null`. */
export function readyDocument({ storage, eventHub, prediction, functions }: World) {
  return {
    storage: {
      connectionString: storage.connectionString,
      photosContainer: names.photosContainer,
      resultsContainer: names.resultsContainer,
      deferredQueue: names.deferredQueue,
    },
    eventHubs: {
      connectionString: eventHub.connectionString,
      capturesHub: names.capturesHub,
      predictionsHub: names.predictionsHub,
    },
    prediction: {
      endpoint: prediction.endpoint,
      key: prediction.key,
      projectId: prediction.projectId,
      publishedName: prediction.publishedName,
    },
    functions: { url: functions.url },
    telemetry: null,
  };
}

/** Whoever waits for the file finds it whole: it is written beside and then moved. */
export async function writeReadyFile(file: string, world: World): Promise<void> {
  const beside = `${file}.${process.pid}.part`;
  await writeFile(beside, `${JSON.stringify(readyDocument(world), null, 2)}\n`);
  await rename(beside, file);
}
