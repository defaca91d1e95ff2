/** The prediction endpoint as a part of the world, with the demo's model. */
import { integerOption } from '../../cli/runCommand.ts';
import type {
  OpenPredictionEndpoint,
  PredictionAddress,
  PredictionEndpoint,
} from '../predictionEndpoint/options.ts';
import { openPredictionEndpoint } from '../predictionEndpoint/startPredictionEndpoint.ts';
import type { WorldOptions } from '../worldOptions.ts';
import { type Flags, portOption } from './part.ts';

const modelDir = new URL('../samples/partsModel/', import.meta.url).pathname;

export const predictionFlags = {
  model: { type: 'string', takes: 'DIR', help: 'score with the ONNX export unzipped in DIR' },
  'calls-per-second': {
    type: 'string',
    takes: 'N',
    help: 'the quota of the prediction endpoint, which the app then shares (default: none)',
  },
} as const satisfies Flags;

/** @param values - of the flags above. @throws Error in words for the user. */
export function predictionOptions(values: {
  readonly model?: string | undefined;
  readonly 'calls-per-second'?: string | undefined;
}): Pick<WorldOptions, 'prediction'> {
  const range = { min: 1, max: 1_000 };
  const text = values['calls-per-second'];
  const callsPerSecond = integerOption('--calls-per-second', text, range);
  return {
    prediction: {
      ...(values.model !== undefined && { modelDir: values.model }),
      ...(callsPerSecond !== undefined && { quota: { callsPerSecond } }),
    },
  };
}

export function openPredictionPart(options: WorldOptions): Promise<OpenPredictionEndpoint> {
  return openPredictionEndpoint({
    modelDir,
    publishedName: 'parts',
    ...portOption(options.ports?.prediction),
    ...options.prediction,
  });
}

/** The app is told the quota that the endpoint keeps; without one it keeps none either. */
export function quotaSettings({ prediction: { quota } = {} }: WorldOptions) {
  const callsPerSecond = quota?.callsPerSecond ?? quota?.perOperation?.nostore ?? 0;
  return { QUOTA_CALLS_PER_SECOND: String(callsPerSecond) };
}

export function predictionSettings(prediction: PredictionAddress) {
  return {
    PREDICTION_ENDPOINT: prediction.endpoint,
    PREDICTION_KEY: prediction.key,
    PREDICTION_PROJECT_ID: prediction.projectId,
    PREDICTION_PUBLISHED_NAME: prediction.publishedName,
    PREDICTION_PROJECT_TYPE: prediction.projectType,
  };
}

export function predictionDocument(prediction: PredictionEndpoint) {
  return {
    endpoint: prediction.endpoint,
    key: prediction.key,
    projectId: prediction.projectId,
    publishedName: prediction.publishedName,
    projectType: prediction.projectType,
    control: prediction.endpoint,
  };
}
