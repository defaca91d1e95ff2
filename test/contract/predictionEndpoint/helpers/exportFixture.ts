/** An unzipped export in a temporary folder, with a model that tells red, green and blue apart. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnxFile } from './onnxFile.ts';

export const labels = ['blue', 'green', 'red', 'Negative'];
export const iterationId = '3f2a8c1e-94b7-4a5e-8d60-1c7be2f09a34';

export interface ExportFixture {
  readonly modelDir: string;
  readonly remove: () => Promise<void>;
}

export interface ExportFixtureOptions {
  /** `null` for no such file. */
  readonly labelsText?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly manifest?: Readonly<Record<string, unknown>> | undefined;
  readonly modelBytes?: Buffer | null;
}

/** Input channels come in the order blue, green, red, as in most exports. */
const blueGreenRed = [
  [0.02, 0, 0, 0],
  [0, 0.02, 0, 0],
  [0, 0, 0.02, 0],
];

export const colourModel = onnxFile({ sidePx: 32, weights: blueGreenRed });

/** Softmax of 0.02 * 255 against three zeroes. */
export const pureColourProbability = Math.exp(5.1) / (Math.exp(5.1) + 3);

export async function exportFixture(options: ExportFixtureOptions = {}): Promise<ExportFixture> {
  const modelDir = await mkdtemp(join(tmpdir(), 'sightglass-export-'));
  const manifest = { DomainType: 'Classification', Platform: 'ONNX', IterationId: iterationId };
  await Promise.all([
    options.modelBytes !== null &&
      writeFile(join(modelDir, 'model.onnx'), options.modelBytes ?? colourModel),
    options.labelsText !== null &&
      writeFile(join(modelDir, 'labels.txt'), options.labelsText ?? labels.join('\r\n')),
    writeFile(
      join(modelDir, 'cvexport.manifest'),
      `\uFEFF${JSON.stringify(options.manifest ?? manifest)}`,
    ),
    options.metadata &&
      writeFile(join(modelDir, 'metadata_properties.json'), JSON.stringify(options.metadata)),
  ]);
  return { modelDir, remove: () => rm(modelDir, { recursive: true }) };
}
