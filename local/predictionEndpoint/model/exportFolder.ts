/**
 * A Custom Vision export as unzipped: model.onnx, labels.txt, and where present cvexport.manifest
 * and metadata_properties.json. Lines may end in CRLF and files may start with a BOM.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

export interface ExportFolder {
  readonly modelPath: string;
  readonly labels: readonly string[];
  readonly projectType: 'classify' | 'detect';
  /** `undefined` where the manifest names none. */
  readonly iterationId: string | undefined;
  readonly channelOrder: 'rgb' | 'bgr';
  readonly pixelRange: '0..255' | '0..1';
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

export async function readExportFolder(modelDir: string): Promise<ExportFolder> {
  const manifest = manifestSchema.parse(await readJson(join(modelDir, 'cvexport.manifest')));
  const metadata = metadataSchema.parse(await readJson(join(modelDir, 'metadata_properties.json')));
  const labelsText = await readFile(join(modelDir, manifest.LabelFileName ?? 'labels.txt'), 'utf8');
  return {
    modelPath: join(modelDir, manifest.ModelFileName ?? 'model.onnx'),
    labels: labelsOf(labelsText),
    projectType: manifest.DomainType === 'ObjectDetection' ? 'detect' : 'classify',
    iterationId: manifest.IterationId ?? undefined,
    // Without the key it is BGR: so are all the exports that lack it.
    channelOrder: metadata['Image.BitmapPixelFormat'] === 'Rgb8' ? 'rgb' : 'bgr',
    pixelRange: pixelRangeOf(metadata, manifest),
  };
}

/**
 * Exports of other platforms say `Normalized_0_1` and are fed 0..255 all the same.
 * Source: measured on real exports, local-models facts 3.3, 2026-11-23.
 */
function pixelRangeOf(
  metadata: Readonly<Record<string, unknown>>,
  { Platform }: Manifest,
): ExportFolder['pixelRange'] {
  const isOnnx = (Platform ?? 'ONNX') === 'ONNX';
  return isOnnx && metadata['Image.NominalPixelRange'] === 'Normalized_0_1' ? '0..1' : '0..255';
}

function labelsOf(text: string): readonly string[] {
  return withoutBom(text)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Both JSON files are younger than the export itself: absent is fine, broken is not. */
async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}';
    throw error;
  });
  return JSON.parse(withoutBom(text));
}

function withoutBom(text: string): string {
  return text.replace(/^\uFEFF/, '');
}
