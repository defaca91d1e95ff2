/** What `npm start` says once the world is there. */
import { readyDocument } from './readyDocument.ts';
import type { Backends, World } from './world.ts';

type Ready = ReturnType<typeof readyDocument>;

export function greeting(world: Backends | World): string {
  const ready = readyDocument(world);
  const { storage, eventHubs, prediction, functions, telemetry } = ready;
  const { runtime } = world.prediction;
  return `
The local world is running. Ctrl-C ends it.

  storage      ${storage.connectionString}
  event hubs   ${eventHubs.connectionString}
  prediction   ${prediction.endpoint}  (project ${prediction.projectId}, model ${prediction.publishedName})
               key ${prediction.key}  runtime ${runtime}
  functions    ${functions?.url ?? 'none: left to you'}
  telemetry    ${telemetry ? `${telemetry.page}  charts, for your browser` : 'none'}

${functions === null ? nextSteps : thingsToTry(ready, functions.url)}`;
}

function thingsToTry({ storage, prediction }: Ready, functionsUrl: string): string {
  const { endpoint, key, projectId, publishedName, projectType } = prediction;
  return `Three things to try:
  1. Is everything reachable?
     curl ${functionsUrl}/api/health/ready
  2. Ask the model about a photo of yours:
     curl -H "Prediction-Key: ${key}" --data-binary @photo.jpg -H "Content-Type: application/octet-stream" \\
       ${endpoint}/customvision/v3.1/prediction/${projectId}/${projectType}/iterations/${publishedName}/image/nostore
  3. Upload a photo to the container "${storage.photosContainer}" with any storage client and the connection
     string above, and find its outcome in the container "${storage.resultsContainer}".
`;
}

const nextSteps = `With Azure Functions Core Tools, in another terminal:
  cp local.settings.sample.json local.settings.json
  npm run build
  func start
`;
