/**
 * Every refusal in the shape its author sends it: the gateway in front (`{error: {code, message}}`)
 * or the service behind it (`{code, message}`). What the real service words differently is unknown:
 * only messages with a source are quoted from it.
 */
import { type Answer, json } from '../../http/reply.ts';

export function gatewayError(
  httpStatus: number,
  message: string,
  code = String(httpStatus),
): Answer {
  return json(httpStatus, { error: { code, message } });
}

export function serviceError(httpStatus: number, code: string, message: string): Answer {
  return json(httpStatus, { code, message });
}

/** Source: Azure AI services error text, quoted in users' reports, 2026-11-24. */
const wrongKeyText =
  'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a ' +
  'valid key for an active subscription and use a correct regional API endpoint for your resource.';

export const wrongKey = (): Answer => gatewayError(401, wrongKeyText);

/** Source: Azure/azure-sdk-for-python issue 33094, 2026-11-24. */
export const wrongToken = (): Answer =>
  gatewayError(
    401,
    'Unauthorized. Access token is missing, invalid, audience is incorrect ' +
      '(https://cognitiveservices.azure.com), or have expired.',
  );

export const noSuchResource = (): Answer => gatewayError(404, 'Resource not found');

export interface Throttling {
  readonly retryAfterSeconds: number;
  /** Whether the real endpoint sends the header is unknown. */
  readonly retryAfter: 'text' | 'header' | 'none';
  readonly tier: 'F0' | 'S0';
  readonly version?: 'v3.0' | 'v3.1';
}

/** Source: Azure-Samples/cognitive-services-node-sdk-samples issue 47 (Training API), 2026-11-23. */
export function throttled(operation: string, throttling: Throttling): Answer {
  const { retryAfterSeconds, retryAfter, tier, version = 'v3.1' } = throttling;
  const plural = retryAfterSeconds === 1 ? '' : 's';
  const hint =
    retryAfter === 'none' ? '' : `Please retry after ${retryAfterSeconds} second${plural}. `;
  const answer = gatewayError(
    429,
    `Requests to the ${operation} Operation under Custom_Vision_Prediction_${version.slice(1)} ` +
      `have exceeded rate limit of your current CustomVision.Prediction ${tier} pricing tier. ` +
      `${hint}Please contact Azure support service if you would like to further increase the ` +
      'default rate limit.',
  );
  return retryAfter === 'header'
    ? { ...answer, headers: { 'retry-after': String(retryAfterSeconds) } }
    : answer;
}

/** Source: shape of the gateway's spent-quota text with its d.hh:mm:ss timespan, 2026-11-23. */
export function outOfCallVolume(resetInSeconds: number): Answer {
  const timespan = timespanOf(resetInSeconds);
  return gatewayError(403, `Out of call volume quota. Quota will be replenished in ${timespan}.`);
}

function timespanOf(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const clock = [(seconds / 3600) % 24, (seconds / 60) % 60, seconds % 60].map(two).join(':');
  const days = Math.floor(seconds / 86_400);
  return days > 0 ? `${days}.${clock}` : clock;
}

export const noSuchProject = (): Answer =>
  serviceError(404, 'NotFoundProject', 'Invalid project id');

/** Source: Azure-Samples/cognitive-services-dotnet-sdk-samples issue 210, 2026-11-24. */
export const noSuchIteration = (): Answer =>
  serviceError(404, 'NotFoundIteration', 'Invalid iteration');

export const notPublished = (): Answer =>
  serviceError(400, 'BadRequestIterationNotPublished', 'Iteration is not published');

/** Source: message from "Call the Prediction API", Microsoft Learn, 2026-11-24; its code is a guess. */
export const wrongProjectType = (): Answer =>
  serviceError(400, 'BadRequestOperationNotSupported', 'Invalid project type for operation.');

/** Source: code from the SDK's list of error codes; its message is a guess. */
export const wrongApplication = (): Answer =>
  serviceError(400, 'BadRequestPredictionInvalidApplicationName', 'Invalid application name.');

/** Source: MicrosoftDocs/azure-docs issue 12513 for the message, 2026-11-24. */
export const wrongMediaType = (mediaType: string): Answer =>
  serviceError(
    415,
    'UnsupportedMediaType',
    `The request entity's media type '${mediaType}' is not supported for this resource.`,
  );

export const modelBusy = (): Answer =>
  serviceError(503, 'ErrorPredictionServiceUnavailable', 'The prediction service is busy.');

export const modelFailed = (): Answer =>
  serviceError(500, 'ErrorPrediction', 'The prediction service could not evaluate the model.');

export const unknownError = (): Answer =>
  serviceError(500, 'ErrorUnknown', 'The request could not be processed.');

export const imageUrlRefused = (): Answer =>
  serviceError(400, 'BadRequestImageUrl', 'Invalid image url.');

export type ImageProblem =
  | 'BadRequestImageStream'
  | 'BadRequestImageFormat'
  | 'BadRequestImageSizeBytes'
  | 'BadRequestImageDimensions';

/** Source: wording of microsoft/studentambassadors issue 176, 2026-11-24. */
const imageProblemTexts: Readonly<Record<ImageProblem, string>> = {
  BadRequestImageStream: 'Bad Request Image Stream',
  BadRequestImageFormat: 'Bad Request Image Format',
  BadRequestImageSizeBytes: 'Bad Request Image Size Bytes',
  BadRequestImageDimensions: 'Bad Request Image Dimensions',
};

export function imageRefused(code: ImageProblem, imageId: string): Answer {
  const uri = imageId.replaceAll('-', '');
  return serviceError(400, code, `${imageProblemTexts[code]}, Uri: ${uri}`);
}
