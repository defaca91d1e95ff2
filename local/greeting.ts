/** What `npm start` says once the world is there. */
import { uploadAddress } from './parts/storage.ts';
import { readyDocument } from './readyDocument.ts';
import type { Backends, World } from './world.ts';

type Ready = ReturnType<typeof readyDocument>;

/** There from the start, so that what is shown can be pasted as it is. */
const photoFile = 'local/samples/photographs/gravel.jpg';

export async function greeting(world: Backends | World): Promise<string> {
  const ready = readyDocument(world);
  const { storage, eventHubs, prediction, functions, telemetry } = ready;
  const { runtime } = world.prediction;
  const uploadUrl = await uploadAddress(world.storage, 'gravel.jpg');
  return `
The local world is running, for development and tests only. Ctrl-C ends it.

  storage      ${storage.connectionString}
  event hubs   ${eventHubs.connectionString}
  prediction   ${prediction.endpoint}  (project ${prediction.projectId}, model ${prediction.publishedName})
               key ${prediction.key}  runtime ${runtime}
  functions    ${functions?.url ?? 'none: left to you'}
  telemetry    ${telemetry ? `${telemetry.page}  charts, for your browser` : 'none'}

${functions === null ? nextSteps : thingsToTry(ready, functions.url, uploadUrl)}`;
}

function thingsToTry(
  { storage, prediction, telemetry }: Ready,
  functionsUrl: string,
  uploadUrl: string,
): string {
  const { endpoint, key, projectId, publishedName, projectType } = prediction;
  const page = telemetry
    ? `, and its way is shown at\n     ${telemetry.page}#${storage.photosContainer}/gravel.jpg`
    : '';
  return `Three things to try, each also with a photo of yours:
  1. Is everything reachable?
     curl ${functionsUrl}/api/health/ready
  2. Ask the model about a photo:
     curl -H "Prediction-Key: ${key}" --data-binary @${photoFile} -H "Content-Type: application/octet-stream" \\
       ${endpoint}/customvision/v3.1/prediction/${projectId}/${projectType}/iterations/${publishedName}/image/nostore
  3. Upload it to the container "${storage.photosContainer}", or do so with any storage client and the connection string above:
     curl -T ${photoFile} -H "x-ms-blob-type: BlockBlob" \\
       "${uploadUrl}"
     Its outcome is a document in the container "${storage.resultsContainer}"${page}
`;
}

const nextSteps = `With Azure Functions Core Tools, in another terminal:
  cp local.settings.sample.json local.settings.json
  npm run build
  func start
`;
