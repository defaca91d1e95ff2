/** The folder a Custom Vision export unzips to. Source: local-models facts 3.2, 2026-11-23. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tags } from '../tags.ts';
import { exportInputPx } from './exportedGraph.ts';

export const partsModelDir = fileURLToPath(new URL('../partsModel', import.meta.url));

/** @param exportedDate - ISO 8601; given, not read off the clock, so that an export can be repeated. */
export async function writeExportFolder(
  modelDir: string,
  model: Uint8Array,
  exportedDate: string,
): Promise<void> {
  await mkdir(modelDir, { recursive: true });
  const files = {
    'model.onnx': model,
    'labels.txt': tags.join('\n'),
    'cvexport.manifest': jsonText(manifest(model, exportedDate)),
    'metadata_properties.json': jsonText(metadata),
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(modelDir, name), content);
  }
}

const metadata = {
  'CustomVision.Metadata.Version': '1.2',
  'CustomVision.Postprocess.Method': 'ClassificationMultiClass',
  'CustomVision.Preprocess.CropHeight': '0',
  'CustomVision.Preprocess.CropMethod': 'NoCrop',
  'CustomVision.Preprocess.CropWidth': '0',
  'CustomVision.Preprocess.ResizeMethod': 'Stretch',
  'CustomVision.Preprocess.TargetHeight': String(exportInputPx),
  'CustomVision.Preprocess.TargetWidth': String(exportInputPx),
  'Image.BitmapPixelFormat': 'Bgr8',
  'Image.NominalPixelRange': 'NominalRange_0_255',
};

function manifest(model: Uint8Array, exportedDate: string) {
  const digest = createHash('sha1').update(model).digest('hex');
  return {
    DomainType: 'Classification',
    Platform: 'ONNX',
    Flavor: 'ONNX12',
    ExporterVersion: '2.2',
    ExportedDate: exportedDate,
    IterationId: guidOf(digest),
    ModelFileName: 'model.onnx',
    LabelFileName: 'labels.txt',
    MetadataPropsFileName: 'metadata_properties.json',
    ModelFileSHA1: digest,
    SchemaVersion: '1.0',
  };
}

/** A GUID of version 8 (custom) out of the model's own digest: another model, another iteration. */
function guidOf(digest: string): string {
  const [a, b, c, d, e] = [
    [0, 8],
    [8, 12],
    [13, 16],
    [17, 20],
    [20, 32],
  ].map(([from, to]) => digest.slice(from, to));
  return `${a}-${b}-8${c}-8${d}-${e}`;
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
