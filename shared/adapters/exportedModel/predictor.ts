/**
 * A Custom Vision model exported as a container: raw bytes to its `/image` route. It has no
 * authentication and answers leniently, sometimes with 200 and an error text.
 */
import { Agent, type Dispatcher, request } from 'undici';
import type { ModelIdentity } from '../../prediction/prediction.ts';
import type { PredictionAnswer, Predictor } from '../../prediction/predictor.ts';
import { readAnswer } from '../predictionWire/answer.ts';
import { classifyError } from '../predictionWire/classifyError.ts';
import { noAnswer } from '../predictionWire/noAnswer.ts';

export interface ExportedModelOptions {
  /** Where the container listens, without a path. */
  readonly endpoint: string;
  /** The container ignores both; outcomes don't. */
  readonly projectId: string;
  readonly publishedName: string;
  readonly projectType: 'classify' | 'detect';
  readonly timeoutMs: number;
  readonly maxConnectionCount: number;
  readonly expectedTags: readonly string[];
  readonly nowMs: () => number;
}

export function exportedModelPredictor(options: ExportedModelOptions): Predictor {
  const { projectId, publishedName, projectType } = options;
  const model: ModelIdentity = { backend: 'exportedModel', projectId, publishedName, projectType };
  const agent = new Agent({ connections: options.maxConnectionCount, pipelining: 1 });
  // The one route that every generation of exports serves.
  const url = new URL('/image', options.endpoint);
  return {
    model,
    async predict(bytes, signal) {
      try {
        const response = await request(url, {
          dispatcher: agent,
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body: bytes,
          signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]),
        });
        return answerOf(response, await response.body.text(), options);
      } catch (error) {
        return noAnswer(error);
      }
    },
  };
}

function answerOf(
  { statusCode, headers }: Dispatcher.ResponseData,
  bodyText: string,
  options: ExportedModelOptions,
): PredictionAnswer {
  if (statusCode === 200) return readAnswer(bodyText, options);
  const header = (name: string) => headers[name]?.toString();
  const failure = classifyError({
    httpStatus: statusCode,
    bodyText,
    header,
    nowMs: options.nowMs(),
  });
  // The container says 500 for every photo it can't read, and for its own troubles alike.
  const isAmbiguous = statusCode === 500 && failure.class === 'transient';
  return {
    kind: 'failed',
    failure: isAmbiguous ? { ...failure, rejectAs: 'prediction-refused' } : failure,
  };
}
