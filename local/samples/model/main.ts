/**
 * `npm run model`: how the demo model came to be, step by step. Not part of install, tests or demo;
 * rendering and training take about a quarter of an hour on two cores.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { integerOption, runCommand, wrongUse } from '../../../cli/runCommand.ts';
import { randomStream } from '../render/random.ts';
import { exportedGraph } from './exportedGraph.ts';
import { partsModelDir, writeExportFolder } from './exportFolder.ts';
import { figuresOf } from './figures.ts';
import { loadSet, photoSets, renderSet, type SetName } from './photoFiles.ts';
import { figuresText, reportText } from './report.ts';
import { scorePhotos } from './scoring.ts';
import { atTemperature, fitTemperature, temperatureForDoubt } from './temperature.ts';
import { checkGradients } from './training/gradientCheck.ts';
import { train } from './training/train.ts';
import { initialWeights, packWeights, unpackWeights, type Weights } from './weights.ts';

const usage = `npm run model -- <command> [options]
  render SET [--part N --parts M]  render a set: ${Object.keys(photoSets).join(', ')}
  train [--epochs N --threads N]   train on the set "train", watch "validation"
  export                           fit the temperature on "validation", write partsModel/
  evaluate SET                     score a set with the model in partsModel/
  check                            hold the backward pass against finite differences
  --dir DIR                        where photos and weights lie between the commands`;

/** Worst error a correct backward pass shows in float32, kinks of ReLU included. */
const mostGradientError = 0.05;
const checkSeed = 11;
/** A tenth of the photos goes to people: enough to see a review at work, on validation. */
const reviewDoubt = { belowConfidence: 0.7, shareRatio: 0.1 };

await runCommand(async () => {
  const { command, set, dir, part, parts, epochs, threads } = readOptions();
  switch (command) {
    case 'render':
      return render(dir, set(), { index: part, ofCount: parts });
    case 'train':
      return trainModel(dir, epochs, threads);
    case 'export':
      return exportModel(dir);
    case 'evaluate':
      return evaluate(dir, set());
    case 'check':
      return check();
  }
});

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        dir: { type: 'string', default: join(tmpdir(), 'sightglass-model') },
        part: { type: 'string' },
        parts: { type: 'string' },
        epochs: { type: 'string' },
        threads: { type: 'string' },
      },
    });
    const count = (name: 'part' | 'parts' | 'epochs' | 'threads', least: number) =>
      integerOption(`--${name}`, values[name], { min: least, max: 64 });
    return {
      command: commandNamed(positionals[0]),
      set: () => setNamed(positionals[1]),
      dir: values.dir,
      part: count('part', 0) ?? 0,
      parts: count('parts', 1) ?? 1,
      epochs: count('epochs', 1) ?? 6,
      threads: count('threads', 1) ?? 2,
    };
  } catch (error) {
    throw wrongUse(error, usage);
  }
}

function commandNamed(name: string | undefined) {
  const commands = ['render', 'train', 'export', 'evaluate', 'check'] as const;
  const command = commands.find((each) => each === name);
  if (command) return command;
  throw new Error(name === undefined ? 'which command?' : `${name} is no command`);
}

function setNamed(name: string | undefined): SetName {
  if (name !== undefined && isSetName(name)) return name;
  throw wrongUse(new Error(`${name ?? 'nothing'} is no set of photos`), usage);
}

function isSetName(name: string): name is SetName {
  return Object.hasOwn(photoSets, name);
}

async function render(
  dir: string,
  set: SetName,
  part: { readonly index: number; readonly ofCount: number },
): Promise<number> {
  console.log(`${await renderSet(dir, set, part)} photos of ${set} rendered`);
  return 0;
}

async function trainModel(dir: string, epochCount: number, threadCount: number): Promise<number> {
  await mkdir(dir, { recursive: true });
  const photos = await loadSet(dir, 'train');
  const validation = await loadSet(dir, 'validation');
  const startMs = performance.now();
  await train({
    photos,
    epochCount,
    threadCount,
    onProgress: ({ step, totalStepCount, loss }) => {
      const seconds = Math.round((performance.now() - startMs) / 1_000);
      console.log(`step ${step} of ${totalStepCount}: loss ${loss.toFixed(3)}, ${seconds} s`);
    },
    onEpoch: async (epoch, average) => {
      const scored = await scorePhotos(exportedGraph(average, 1), validation);
      console.log(`epoch ${epoch}: validation ${figuresText(figuresOf(scored))}`);
      await writeFile(join(dir, 'weights.f32'), packWeights(average));
    },
  });
  return 0;
}

async function exportModel(dir: string): Promise<number> {
  const weights = await trainedWeights(dir);
  const scored = await scorePhotos(exportedGraph(weights, 1), await loadSet(dir, 'validation'));
  const fittest = fitTemperature(scored);
  const temperature = temperatureForDoubt(scored, fittest, reviewDoubt);
  for (const each of [1, fittest, temperature]) {
    const calibrated = scored.map((photo) => atTemperature(photo, each));
    console.log(`temperature ${each}: ${figuresText(figuresOf(calibrated))}`);
  }
  const model = exportedGraph(weights, temperature);
  await writeExportFolder(partsModelDir, model, new Date().toISOString());
  console.log(`${model.length} bytes written to ${partsModelDir}`);
  return 0;
}

async function trainedWeights(dir: string): Promise<Weights> {
  return unpackWeights(await readFile(join(dir, 'weights.f32')), initialWeights(randomStream(0)));
}

async function evaluate(dir: string, set: SetName): Promise<number> {
  const model = await readFile(join(partsModelDir, 'model.onnx'));
  console.log(reportText(await scorePhotos(model, await loadSet(dir, set))));
  return 0;
}

async function check(): Promise<number> {
  const errors = await checkGradients(checkSeed);
  for (const { name, errorRatio } of errors) console.log(`${name} ${errorRatio.toExponential(1)}`);
  const worst = Math.max(...errors.map(({ errorRatio }) => errorRatio));
  console.log(`worst error ${worst.toExponential(1)}, ${mostGradientError} allowed`);
  return worst < mostGradientError ? 0 : 1;
}
