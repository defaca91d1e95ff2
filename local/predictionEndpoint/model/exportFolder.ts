/**
 * A Custom Vision export as unzipped: model.onnx, labels.txt, and where present cvexport.manifest
 * and metadata_properties.json. Lines may end in CRLF and files may start with a BOM.
 */
import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type DetectionSettings, defaultDetection } from './findingsReader.ts';
import { channelOrderIn, type ExportPixels, pixelRangeIn } from './pixelSettings.ts';

export interface ExportFolder extends ExportPixels {
  readonly modelPath: string;
  /** `undefined` where the model itself holds them, as the oldest exports do. */
  readonly labels: readonly string[] | undefined;
  readonly projectType: 'classify' | 'detect';
  /** `undefined` where the manifest names none. */
  readonly iterationId: string | undefined;
  readonly detection: DetectionSettings;
}

const manifestSchema = z.object({
  DomainType: z.string().nullish(),
  Platform: z.string().nullish(),
  IterationId: z.guid().nullish().catch(undefined),
  ModelFileName: z.string().nullish(),
  LabelFileName: z.string().nullish(),
});

const metadataSchema = z.record(z.string(), z.unknown());

type Manifest = z.output<typeof manifestSchema>;
type Metadata = z.output<typeof metadataSchema>;

/** @throws Error where the folder holds no export that can be scored, in words for its owner. */
export async function readExportFolder(modelDir: string): Promise<ExportFolder> {
  const manifest = manifestSchema.parse(await readJson(join(modelDir, 'cvexport.manifest')));
  const modelPath = await modelFile(modelDir, manifest);
  const metadata = metadataSchema.parse(await readJson(join(modelDir, 'metadata_properties.json')));
  const labelsText = await readIfThere(join(modelDir, manifest.LabelFileName ?? 'labels.txt'));
  return {
    modelPath,
    labels: labelsText === undefined ? undefined : labelsOf(labelsText),
    projectType: manifest.DomainType === 'ObjectDetection' ? 'detect' : 'classify',
    iterationId: manifest.IterationId ?? undefined,
    channelOrder: channelOrderIn(metadata),
    pixelRange: pixelRangeOf(metadata, manifest),
    fit:
      metadata['CustomVision.Preprocess.CropMethod'] === 'FullImageShorterSide' ? 'cover' : 'fill',
    detection: detectionOf(metadata),
  };
}

/** Exports for TensorFlow.js name a `model.zip` that is not even there. */
async function modelFile(modelDir: string, { ModelFileName, Platform }: Manifest): Promise<string> {
  const name = ModelFileName?.endsWith('.onnx') ? ModelFileName : 'model.onnx';
  const path = join(modelDir, name);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  throw new Error(`${modelDir} is no ONNX export: ${await reason(modelDir, name, Platform)}`);
}

async function reason(modelDir: string, name: string, platform: Manifest['Platform']) {
  const folder = await stat(modelDir).catch(() => undefined);
  if (!folder) return 'there is no such folder';
  if (!folder.isDirectory()) return 'it is a file; unzip the export and name the folder';
  return platform && platform !== 'ONNX'
    ? `it was exported for ${platform}; export the iteration as ONNX`
    : `it holds no ${name}`;
}

/**
 * Exports of other platforms say `Normalized_0_1` and are fed 0..255 all the same.
 * Source: measured on real exports, local-models facts 3.3, 2026-11-23.
 */
function pixelRangeOf(metadata: Metadata, { Platform }: Manifest): ExportFolder['pixelRange'] {
  const isOnnx = (Platform ?? 'ONNX') === 'ONNX';
  return (isOnnx ? pixelRangeIn(metadata) : undefined) ?? '0..255';
}

const anchorsSchema = z.array(z.number().positive()).min(2);
const ratioSchema = z.coerce.number().gt(0).max(1);

/** Values are texts, lists among them JSON in a text. */
function detectionOf(metadata: Metadata): DetectionSettings {
  const text = (name: string) => metadata[`CustomVision.Postprocess.Yolo.${name}`];
  const biases = text('Biases');
  const overlap = ratioSchema.safeParse(text('NmsThreshold'));
  return {
    anchors: typeof biases === 'string' ? anchorsIn(biases) : defaultDetection.anchors,
    overlapRatio: overlap.success ? overlap.data : defaultDetection.overlapRatio,
  };
}

/** In pairs already, or all in a row. */
function anchorsIn(biases: string): DetectionSettings['anchors'] {
  const parsed: unknown = JSON.parse(biases);
  const sizes = anchorsSchema.parse(Array.isArray(parsed) ? parsed.flat() : parsed);
  return Array.from({ length: Math.floor(sizes.length / 2) }, (_, index) => [
    sizes[index * 2] ?? 1,
    sizes[index * 2 + 1] ?? 1,
  ]);
}

function labelsOf(text: string): readonly string[] {
  return withoutBom(text)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Both JSON files are younger than the export itself: absent is fine, broken is not. */
async function readJson(path: string): Promise<unknown> {
  return JSON.parse(withoutBom((await readIfThere(path)) ?? '{}'));
}

/** A path through a file, such as a zip that was never unzipped, holds nothing either. */
async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  });
}

function withoutBom(text: string): string {
  return text.replace(/^\uFEFF/, '');
}
