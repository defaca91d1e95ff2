/**
 * Azure Custom Vision's Prediction API through its SDK. The SDK is used as the typed façade only: its
 * retries are off (they ignore aborts and never honour a 429) and its HTTP client is ours.
 */
import { PredictionAPIClient } from '@azure/cognitiveservices-customvision-prediction';
import type { TokenCredential } from '@azure/identity';
import {
  type AbortSignalLike,
  ApiKeyCredentials,
  AzureIdentityCredentialAdapter,
  type ServiceClientCredentials,
} from '@azure/ms-rest-js';
import type { ModelIdentity } from '../../prediction/prediction.ts';
import type { PredictionAnswer, Predictor } from '../../prediction/predictor.ts';
import { readAnswer } from '../predictionWire/answer.ts';
import { classifyError } from '../predictionWire/classifyError.ts';
import { noAnswer } from '../predictionWire/noAnswer.ts';
import { keepAliveHttpClient } from './httpClient.ts';

export interface CustomVisionOptions {
  readonly endpoint: string;
  readonly projectId: string;
  readonly publishedName: string;
  readonly projectType: 'classify' | 'detect';
  /** A prediction key, or a credential for Entra ID (needs a custom subdomain on the resource). */
  readonly auth: { readonly key: string } | { readonly credential: TokenCredential };
  readonly storePhotos: boolean;
  readonly timeoutMs: number;
  readonly maxConnectionCount: number;
  readonly expectedTags: readonly string[];
  readonly nowMs: () => number;
}

/** Given a bare credential the SDK would ask for a token of the resource manager. */
const tokenScope = 'https://cognitiveservices.azure.com/.default';

export function customVisionPredictor(options: CustomVisionOptions): Predictor {
  const { projectId, publishedName, projectType } = options;
  const model: ModelIdentity = { backend: 'customVision', projectId, publishedName, projectType };
  const httpClient = keepAliveHttpClient(options);
  const client = new PredictionAPIClient(credentialsOf(options.auth), options.endpoint, {
    noRetryPolicy: true,
    httpClient,
  });
  const call = callOf(client, options);
  return {
    model,
    async predict(bytes, signal) {
      try {
        const { _response } = await call(bytes, signal);
        return readAnswer(_response.bodyAsText, options);
      } catch (error) {
        return failureOf(error, options);
      }
    },
  };
}

function credentialsOf(auth: CustomVisionOptions['auth']): ServiceClientCredentials {
  if ('credential' in auth) return new AzureIdentityCredentialAdapter(auth.credential, tokenScope);
  return new ApiKeyCredentials({ inHeader: { 'Prediction-Key': auth.key } });
}

/** The four image routes, as one: the project's type and the storing of photos are settled by settings. */
function callOf(client: PredictionAPIClient, options: CustomVisionOptions) {
  const { projectId, publishedName, projectType, storePhotos } = options;
  return (bytes: Buffer, signal: AbortSignal): Promise<ImageAnswer> => {
    const abortSignal = sdkSignal(signal);
    if (projectType === 'classify') {
      return storePhotos
        ? client.classifyImage(projectId, publishedName, bytes, { abortSignal })
        : client.classifyImageWithNoStore(projectId, publishedName, bytes, { abortSignal });
    }
    return storePhotos
      ? client.detectImage(projectId, publishedName, bytes, { abortSignal })
      : client.detectImageWithNoStore(projectId, publishedName, bytes, { abortSignal });
  };
}

/** The SDK only hands it on to our HTTP client; its own type differs in what `this` of a listener is. */
function sdkSignal(signal: AbortSignal): AbortSignalLike {
  return signal as unknown as AbortSignalLike;
}

interface ImageAnswer {
  readonly _response: { readonly bodyAsText: string };
}

/** The SDK keeps the text under one name for refusals and under another for what it can't parse. */
interface SdkResponse {
  readonly status: number;
  readonly body?: string | null;
  readonly bodyAsText?: string | null;
  readonly headers: { get(name: string): string | undefined };
}

/** The SDK's error holds request headers, key included: only listed parts of it go on. */
function failureOf(error: unknown, options: CustomVisionOptions): PredictionAnswer {
  const response = responseOf(error);
  if (!response) return noAnswer(error);
  const bodyText = response.bodyAsText ?? response.body ?? '';
  // 200 with a body that is no JSON: the SDK calls it a parse error.
  if (response.status === 200) return readAnswer(bodyText, options);
  const header = (name: string) => response.headers.get(name);
  const answer = { httpStatus: response.status, bodyText, header, nowMs: options.nowMs() };
  return { kind: 'failed', failure: classifyError(answer) };
}

function responseOf(error: unknown): SdkResponse | undefined {
  if (typeof error !== 'object' || error === null || !('response' in error)) return undefined;
  const { response } = error;
  return isSdkResponse(response) ? response : undefined;
}

function isSdkResponse(value: unknown): value is SdkResponse {
  return typeof value === 'object' && value !== null && 'status' in value && 'headers' in value;
}
