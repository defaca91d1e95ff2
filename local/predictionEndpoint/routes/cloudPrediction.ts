/**
 * The cloud's Prediction API. Refusals come in the order of its layers: the gateway asks for the key
 * and the quota, the service for the project and the photo.
 */

import type { Call } from '../../http/call.ts';
import { json, type Reply } from '../../http/reply.ts';
import { formatOf, imageProblem } from '../rules/imageLimits.ts';
import { pause } from '../rules/latency.ts';
import type { QuotaMeter } from '../rules/quotaMeter.ts';
import {
  imageRefused,
  imageUrlRefused,
  modelBusy,
  modelFailed,
  noSuchIteration,
  noSuchProject,
  outOfCallVolume,
  throttled,
  wrongKey,
  wrongMediaType,
  wrongProjectType,
  wrongToken,
} from '../wire/errorAnswers.ts';
import { cloudAnswer } from './answers.ts';
import { type CloudRoute, operationName } from './predictionRoute.ts';
import { type SentImage, sentImage } from './sentImage.ts';
import { stampOf, type World } from './world.ts';

export interface Access {
  readonly key: string;
  readonly bearerToken: string;
}

export function cloudPrediction(world: World, access: Access, quota: QuotaMeter) {
  return async (call: Call, route: CloudRoute): Promise<Reply> => {
    const refusal =
      accessRefusal(call, access) ?? quotaRefusal(quota, route) ?? lookupRefusal(world, route);
    if (refusal) return refusal;
    if (route.source === 'url') return imageUrlRefused();
    const mediaType = (call.header('content-type') ?? '').split(';')[0]?.trim() ?? '';
    if (!acceptedMediaTypes.test(mediaType)) return wrongMediaType(mediaType);
    const image = await sentImage(call);
    return image.kind === 'image'
      ? predict(world, call, route, image.bytes)
      : imageNotReceived(image, world.clock.newId());
  };
}

/** Source: azure-rest-api-specs, Prediction v3.1, `consumes` of the image routes, 2026-11-23. */
const acceptedMediaTypes = /^(?:multipart\/form-data|application\/octet-stream)$/i;

function accessRefusal(call: Call, { key, bearerToken }: Access): Reply | undefined {
  const sentKey = call.header('prediction-key') ?? call.header('ocp-apim-subscription-key');
  if (sentKey !== undefined) return sentKey === key ? undefined : wrongKey();
  const authorization = call.header('authorization');
  if (authorization === undefined) return wrongKey();
  const token = /^Bearer (.+)$/i.exec(authorization)?.[1];
  return token === bearerToken ? undefined : wrongToken();
}

function quotaRefusal(quota: QuotaMeter, route: CloudRoute): Reply | undefined {
  const decision = quota.take();
  switch (decision.kind) {
    case 'granted':
      return undefined;
    case 'throttled':
      return throttled(operationName(route), decision.retryAfterSeconds, decision.withHeader);
    case 'outOfCallVolume':
      return outOfCallVolume(decision.resetInSeconds);
  }
}

function lookupRefusal({ identity }: World, route: CloudRoute): Reply | undefined {
  if (route.projectId !== identity.projectId.toLowerCase()) return noSuchProject();
  if (route.publishedName !== identity.publishedName) return noSuchIteration();
  return route.projectType === identity.projectType ? undefined : wrongProjectType();
}

function imageNotReceived(image: Exclude<SentImage, { kind: 'image' }>, imageId: string): Reply {
  switch (image.kind) {
    case 'tooLarge':
      return imageRefused('BadRequestImageSizeBytes', imageId);
    case 'missing':
      return imageRefused('BadRequestImageStream', imageId);
    case 'gone':
      return { kind: 'reset' };
  }
}

async function predict(world: World, call: Call, route: CloudRoute, bytes: Buffer): Promise<Reply> {
  const { identity, scorer, clock, nextLatencyMs } = world;
  const problem = imageProblem(bytes);
  const format = formatOf(bytes);
  if (problem || !format) return imageRefused(problem ?? 'BadRequestImageFormat', clock.newId());
  const scoring = scorer.score(bytes, format);
  await pause(nextLatencyMs(), call.signal);
  const scored = await scoring;
  switch (scored.kind) {
    case 'scored':
      return json(200, cloudAnswer(identity, route.version, scored.findings, stampOf(clock)));
    case 'undecodable':
      return imageRefused('BadRequestImageFormat', clock.newId());
    case 'busy':
      return modelBusy();
    case 'broken':
      return modelFailed();
  }
}
