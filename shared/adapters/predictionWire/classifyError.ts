/**
 * From an HTTP error to a failure class: by status first, then refined by the service's code.
 * Unknown codes fall back to the status, because the list of codes grows.
 */
import { redact } from '../../errors.ts';
import type { Failure, PredictionProblem } from '../../prediction/failure.ts';
import { type ErrorBody, readErrorBody } from './errorBody.ts';
import { retryAfterMs } from './retryAfter.ts';

export interface ErrorAnswer {
  readonly httpStatus: number;
  readonly bodyText: string;
  readonly header: (name: string) => string | undefined;
  readonly nowMs: number;
}

const photoProblems: Readonly<Record<string, PredictionProblem>> = {
  BadRequestImageSizeBytes: 'photo-too-large',
  BadRequestImageDimensions: 'photo-side-too-long',
};

const configCodes =
  /^(?:NotFound.*|Forbidden(?!DRMode).*|BadRequest(?:IterationNotPublished|InvalidPublishName|SubscriptionApi|CustomerManagedKeyRevoked|PredictionInvalidApplicationName|IterationIsNotPublished|WorkspaceCannotBeModified|InvalidIds|Project.*|DetectionTrain.*|Iteration.*))$/;
const quotaCodes = /^BadRequest(?:ExceededQuota|NotLimitedTrial)$/;
const quotaText = /out of call volume quota/i;

export function classifyError(answer: ErrorAnswer): Failure {
  const body = readErrorBody(answer.bodyText);
  const seen = whatWasSeen(answer, body);
  const hintMs = retryAfterMs(answer.header('retry-after'), body.message, answer.nowMs);
  if (quotaText.test(body.message) || quotaCodes.test(body.code)) {
    return { ...seen, class: 'quotaExhausted', retryAfterMs: hintMs };
  }
  if (answer.httpStatus === 429) return { ...seen, class: 'throttled', retryAfterMs: hintMs };
  if (isMisconfigured(answer.httpStatus, body)) return { ...seen, class: 'misconfigured' };
  if (isUnfit(answer.httpStatus)) {
    return { ...seen, class: 'unfit', reason: photoProblems[body.code] ?? 'prediction-refused' };
  }
  return { ...seen, class: 'transient' };
}

function whatWasSeen({ httpStatus, header }: ErrorAnswer, body: ErrorBody) {
  const requestId = header('apim-request-id') ?? header('x-ms-request-id');
  const hasOwnCode = isOwnCode(body.code);
  return {
    code: hasOwnCode ? body.code : `HTTP_${httpStatus}`,
    detail: `the endpoint answered ${httpStatus}${hasOwnCode ? ` ${body.code}` : ''}`,
    httpStatus,
    requestId: requestId === undefined ? undefined : redact(requestId.slice(0, 80)),
  };
}

/** A code is a word: whatever else an endpoint says in its place may be our own key. */
function isOwnCode(code: string): boolean {
  return /^[A-Za-z]\w{0,79}$/.test(code) && redact(code) === code;
}

function isMisconfigured(httpStatus: number, { code }: ErrorBody): boolean {
  if (httpStatus === 401 || httpStatus === 404) return true;
  // A project in disaster recovery comes back by itself.
  if (httpStatus === 403) return code !== 'ForbiddenDRModeEnabled';
  // 400 without an image's code is about the call, not the photo.
  return httpStatus === 400 && (configCodes.test(code) || !isPhotoCode(code));
}

function isPhotoCode(code: string): boolean {
  return /^(?:BadRequestImage(?!Url)|BadRequestPrediction|UnsupportedMediaType)/.test(code);
}

function isUnfit(httpStatus: number): boolean {
  return httpStatus === 400 || httpStatus === 413 || httpStatus === 415;
}
