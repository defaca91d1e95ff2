/** From a model's options to an iteration that can be asked. Exports used twice are loaded once. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Identity, stableId } from '../identity.ts';
import { type ExportFolder, readExportFolder } from '../model/exportFolder.ts';
import type { Scorer } from '../model/findings.ts';
import { fixedScorer } from '../model/fixedScorer.ts';
import { modelScorer } from '../model/modelScorer.ts';
import type { Iteration, PublishedAs } from './modelTable.ts';

export const modelOptionsSchema = z.strictObject({
  /** An unzipped Custom Vision export. Optional where `scoring` is `fixed`. */
  modelDir: z.string().optional(),
  /** `fixed`: no model, the same answer at once. */
  scoring: z.enum(['model', 'fixed']).optional(),
  /** Left out: as the export's manifest says, else `classify`. */
  projectType: z.enum(['classify', 'detect']).optional(),
  projectId: z.string().min(1).optional(),
  publishedName: z.string().min(1).optional(),
  /** Left out: as the export's manifest says, else made of project and published name. */
  iterationId: z.guid().optional(),
});

export type ModelOptions = Readonly<z.output<typeof modelOptionsSchema>>;

export interface Loaded extends PublishedAs {
  readonly iteration: Iteration;
}

/** What is known of a model before it is loaded. */
export interface Found extends PublishedAs, Omit<Identity, 'labels'> {
  /** @throws Error where the export can't be used, with the reason. */
  readonly load: () => Promise<Loaded>;
}

export interface ModelLoader {
  /** @throws Error where the export can't be read, with the reason. */
  find(options: ModelOptions): Promise<Found>;
  /** Every scorer that was ever started, those of failed loads too. */
  stop(): Promise<void>;
}

export interface LoaderOptions {
  readonly runtime: 'native' | 'wasm' | 'auto';
  readonly maxWaitingCount: number;
}

const defaultProjectId = stableId('project', 'sightglass');
const defaultPublishedName = 'production';
const defaultLabels = ['ok', 'scratch', 'Negative'];

export function modelLoader(loaderOptions: LoaderOptions): ModelLoader {
  const started = new Map<string, Promise<Scorer>>();
  const scorerFor = (model: ExportFolder) => {
    const key = resolve(model.modelPath);
    const scorer = started.get(key) ?? modelScorer({ ...loaderOptions, model });
    started.set(key, scorer);
    // A failed one may be mended and tried again.
    scorer.catch(() => started.delete(key));
    return scorer;
  };
  return {
    async find(options) {
      const model =
        options.modelDir === undefined ? undefined : await readExportFolder(options.modelDir);
      const { projectId = defaultProjectId, publishedName = defaultPublishedName } = options;
      const projectType = options.projectType ?? model?.projectType ?? 'classify';
      const iterationId =
        options.iterationId ??
        model?.iterationId ??
        stableId('iteration', projectId, publishedName);
      const identity = { projectId, iterationId, projectType };
      const load = async (): Promise<Loaded> => {
        const scorer = await scorerOf(options, projectType, model, scorerFor);
        const iteration = { ...identity, labels: scorer.labels, scorer };
        return { projectId, publishedName, iteration };
      };
      return { ...identity, publishedName, load };
    },
    async stop() {
      const scorers = await Promise.allSettled(started.values());
      await Promise.all(
        scorers.map(async (each) => (each.status === 'fulfilled' ? each.value.stop() : undefined)),
      );
    },
  };
}

async function scorerOf(
  options: ModelOptions,
  projectType: 'classify' | 'detect',
  model: ExportFolder | undefined,
  scorerFor: (model: ExportFolder) => Promise<Scorer>,
): Promise<Scorer> {
  if (options.scoring === 'fixed') {
    return fixedScorer(projectType, model?.labels ?? defaultLabels);
  }
  if (!model) throw new Error('the prediction endpoint needs modelDir, unless scoring is fixed');
  if (projectType !== model.projectType) {
    throw new Error(`the export is of a ${model.projectType} project, not ${projectType}`);
  }
  return scorerFor(model);
}
