/** What `npm start` says once the world is there. */
import { functionsDocument } from './parts/functions.ts';
import { readyDocument } from './readyDocument.ts';
import type { World } from './world.ts';

export function greeting(world: World): string {
  const { storage, eventHubs, prediction } = readyDocument(world);
  const { url } = functionsDocument(world.functions);
  return `
The local world is running. Ctrl-C ends it.

  storage      ${storage.connectionString}
  event hubs   ${eventHubs.connectionString}
  prediction   ${prediction.endpoint}  (project ${prediction.projectId}, model ${prediction.publishedName})
               key ${prediction.key}  runtime ${world.prediction.runtime}
  functions    ${url}

Three things to try:
  1. Is everything reachable?
     curl ${url}/api/health/ready
  2. Ask the model about a photo of yours:
     curl -H "Prediction-Key: ${prediction.key}" --data-binary @photo.jpg -H "Content-Type: application/octet-stream" \\
       ${prediction.endpoint}/customvision/v3.1/prediction/${prediction.projectId}/classify/iterations/${prediction.publishedName}/image/nostore
  3. Upload a photo to the container "${storage.photosContainer}" with any storage client and the connection
     string above, and find its outcome in the container "${storage.resultsContainer}".
`;
}
