/** `npm start`: the local world until Ctrl-C. */
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { integerOption, runCommand, wrongUse } from './command.ts';
import { readyDocument, writeReadyFile } from './readyDocument.ts';
import { startWorld, type World } from './world.ts';

const usage = `npm start -- [options]
  --data DIR          keep storage and hubs in DIR across starts
  --port-base N       use the ports N to N+4
  --ready-file FILE   write the addresses as JSON once everything is ready
  --verbose           show the app's log`;

await runCommand(async () => {
  const options = readOptions();
  // A file of an earlier start would tell a waiting script addresses that are gone.
  if (options.readyFile !== undefined) await rm(options.readyFile, { force: true });
  const world = await startWorld({
    dataDir: options.dataDir,
    portBase: options.portBase,
    onLog: ({ level, message }) => {
      const isLoud = level === 'error' || level === 'critical' || level === 'warning';
      if (options.isVerbose || isLoud) console.error(`[${level}] ${message}`);
    },
  });
  console.log(greeting(world));
  if (options.readyFile !== undefined) await writeReadyFile(options.readyFile, world);
  await interruption();
  if (options.readyFile !== undefined) await rm(options.readyFile, { force: true });
  await world.stop();
  return 0;
});

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        data: { type: 'string' },
        'port-base': { type: 'string' },
        'ready-file': { type: 'string' },
        verbose: { type: 'boolean', default: false },
      },
    });
    return {
      dataDir: values.data,
      portBase: integerOption('--port-base', values['port-base'], { min: 1_024, max: 65_531 }),
      readyFile: values['ready-file'],
      isVerbose: values.verbose,
    };
  } catch (error) {
    throw wrongUse(error, usage);
  }
}

function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

function greeting(world: World): string {
  const { storage, eventHubs, prediction, functions } = readyDocument(world);
  return `
The local world is running. Ctrl-C ends it.

  storage      ${storage.connectionString}
  event hubs   ${eventHubs.connectionString}
  prediction   ${prediction.endpoint}  (project ${prediction.projectId}, model ${prediction.publishedName})
               key ${prediction.key}  runtime ${world.prediction.runtime}
  functions    ${functions.url}

Three things to try:
  1. Is everything reachable?
     curl ${functions.url}/api/health/ready
  2. Ask the model about a photo of yours:
     curl -H "Prediction-Key: ${prediction.key}" --data-binary @photo.jpg -H "Content-Type: application/octet-stream" \\
       ${prediction.endpoint}/customvision/v3.1/prediction/${prediction.projectId}/classify/iterations/${prediction.publishedName}/image/nostore
  3. Upload a photo to the container "${storage.photosContainer}" with any storage client and the connection
     string above, and find its outcome in the container "${storage.resultsContainer}".
`;
}
