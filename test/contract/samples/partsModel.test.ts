import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readExportFolder } from '../../../local/predictionEndpoint/model/exportFolder.ts';
import { onnxSession } from '../../../local/predictionEndpoint/model/onnxSession.ts';
import { modelPixels } from '../../../local/samples/model/photoFiles.ts';
import { confidencesOf } from '../../../local/samples/model/scoring.ts';
import { demoPhotos } from '../../../local/samples/photoSet.ts';
import { type Tag, tags } from '../../../local/samples/tags.ts';

const samplesUrl = new URL('../../../local/samples/', import.meta.url);
const modelUrl = new URL('partsModel/', samplesUrl);
/** The model card's accuracy less three standard errors of sixty photos. */
const leastAccuracy = 0.85;

async function openModel() {
  const session = await onnxSession(await readFile(new URL('model.onnx', modelUrl)), 'auto');
  return async (jpeg: Uint8Array) => {
    const confidences = await confidencesOf(session, await modelPixels(jpeg));
    const top = Math.max(...confidences);
    return { tag: tags[confidences.indexOf(top)], top };
  };
}

it('tells fresh photos as well as its card says', async () => {
  const predict = await openModel();

  const answers: { readonly truth: Tag; readonly tag: Tag | undefined; readonly top: number }[] =
    [];
  for await (const photo of demoPhotos({ count: 60, seed: 900_000 })) {
    answers.push({ truth: photo.tag, ...(await predict(photo.jpeg)) });
  }

  const rightCount = answers.filter(({ truth, tag }) => truth === tag).length;
  expect(rightCount / answers.length).toBeGreaterThanOrEqual(leastAccuracy);
  expect(answers.some(({ top }) => top < 0.7)).toBe(true);
});

it('takes real photographs of other things for Negative', async () => {
  const predict = await openModel();
  const folder = new URL('photographs/', samplesUrl);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.jpg'));

  const answers = await Promise.all(
    files.map(async (file) => predict(await readFile(new URL(file, folder)))),
  );

  expect(answers.map(({ tag }) => tag)).toEqual(files.map(() => 'Negative'));
});

it('is an export the prediction endpoint reads, with the tags in the order of the labels', async () => {
  const folder = await readExportFolder(fileURLToPath(modelUrl));

  expect(folder).toMatchObject({
    labels: [...tags],
    projectType: 'classify',
    channelOrder: 'bgr',
    pixelRange: '0..255',
  });
  expect(folder.iterationId).toBeDefined();
});

it('names its own digest in the manifest', async () => {
  const manifest = await readFile(new URL('cvexport.manifest', modelUrl), 'utf8');
  const model = await readFile(new URL('model.onnx', modelUrl));

  const digest = createHash('sha1').update(model).digest('hex');

  expect(JSON.parse(manifest)).toMatchObject({ ModelFileSHA1: digest });
});
