/** The Custom Vision SDK for Python: the checks are written in Python and run by its own client. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import {
  type PredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { type ForeignRun, itFindsTitles, itHolds } from '../../helpers/foreignChecks.ts';
import { hasPythonPackage, runPythonChecks } from '../../helpers/pythonPackages.ts';
import { type ExportFixture, exportFixture } from './helpers/exportFixture.ts';
import { type FileServer, fileServer } from './helpers/fileServer.ts';
import { redPng } from './helpers/photos.ts';

const script = new URL('./python/main.py', import.meta.url).pathname;
const titles = [...readFileSync(script, 'utf8').matchAll(/^@check\("(.+)"\)$/gm)].map(
  ([, title = '']) => title,
);

const hasPython = await hasPythonPackage(
  {
    module: 'azure.cognitiveservices.vision.customvision.prediction',
    debianPackage: 'python3-azure',
  },
  'the prediction endpoint checks with the Python SDK',
);

const detectionProjectId = '7d1f0f5e-6f0c-4a29-9f5c-0c4d1f7d2b11';

if (hasPython) {
  describe('the Python SDK', () => {
    let fixture: ExportFixture;
    let endpoint: PredictionEndpoint;
    let files: FileServer;
    let folder: string;
    let python: ForeignRun;

    beforeAll(async () => {
      const photo = await redPng();
      fixture = await exportFixture();
      files = await fileServer({ '/photo.png': photo });
      endpoint = await startPredictionEndpoint({
        modelDir: fixture.modelDir,
        models: [{ scoring: 'fixed', projectType: 'detect', projectId: detectionProjectId }],
      });
      folder = await mkdtemp(join(tmpdir(), 'sightglass-python-'));
      const photoFile = join(folder, 'photo.png');
      await writeFile(photoFile, photo);
      const { key, projectId, publishedName, iterationId } = endpoint;
      const named = { key, projectId, publishedName, iterationId, detectionProjectId };
      const places = { endpoint: endpoint.endpoint, photoFile, photoUrl: `${files.url}/photo.png` };
      python = await runPythonChecks(script, { ENDPOINT: JSON.stringify({ ...named, ...places }) });
    }, 240_000);

    afterAll(async () => {
      await Promise.all([endpoint.stop(), files.stop(), fixture.remove()]);
      await rm(folder, { recursive: true });
    });

    itHolds(titles, () => python);
  });
}

itFindsTitles(titles, 9);
