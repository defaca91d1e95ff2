/**
 * The cloud's Prediction API. Refusals come in the order of its layers: the gateway asks for the key
 * and the quota, the service for the project and the photo.
 */

import type { Call } from '../../http/call.ts';
import { json, type Reply } from '../../http/reply.ts';
import type { Iteration } from '../models/modelTable.ts';
import type { AccessKeys } from '../rules/accessKeys.ts';
import { formatOf, imageProblem, maxBodyBytes } from '../rules/imageLimits.ts';
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
  wrongApplication,
  wrongKey,
  wrongMediaType,
  wrongProjectType,
  wrongToken,
} from '../wire/errorAnswers.ts';
import { withOlderErrors } from '../wire/olderErrors.ts';
import { preflightAnswer, serviceHeaders } from '../wire/serviceHeaders.ts';
import { cloudAnswer } from './answers.ts';
import { type CloudRoute, cloudRoute, operationName } from './predictionRoute.ts';
import type { RouteSet } from './routeSet.ts';
import { imageBehindUrl, type SentImage, sentImage } from './sentImage.ts';
import { stampOf, type World } from './world.ts';

export interface CloudDeps {
  readonly world: World;
  readonly access: AccessKeys;
  readonly quota: QuotaMeter;
}

export function cloudPrediction(deps: CloudDeps): RouteSet {
  const { models, contained, dials, clock } = deps.world;
  return (call) => {
    const route = cloudRoute(call.path);
    if (!route || (call.method !== 'POST' && call.method !== 'OPTIONS')) return undefined;
    const isPrediction = call.method === 'POST';
    const lookup = models.find(route);
    return {
      operation: operationName(route),
      isPrediction,
      identity: lookup.kind === 'found' ? lookup.iteration : contained,
      answer: () =>
        isPrediction
          ? predicted(deps, call, route)
          : preflightAnswer(call.header('access-control-request-headers')),
      dress: (reply) =>
        serviceHeaders(dials.errorBodies === 'older' ? withOlderErrors(reply) : reply, clock.newId),
    };
  };
}

async function predicted(deps: CloudDeps, call: Call, route: CloudRoute): Promise<Reply> {
  const refusal = accessRefusal(deps, call) ?? quotaRefusal(deps, route);
  if (refusal) return refusal;
  const lookup = deps.world.models.find(route);
  if (lookup.kind === 'noProject') return noSuchProject();
  if (lookup.kind === 'noIteration') return noSuchIteration();
  const { iteration } = lookup;
  const misfit = requestRefusal(iteration, call, route);
  if (misfit) return misfit;
  const image = await receivedImage(deps.world, call, route);
  return image.kind === 'image'
    ? predict(deps.world, call, { route, iteration, bytes: image.bytes })
    : imageNotReceived(image, deps.world.clock.newId());
}

function accessRefusal({ access }: CloudDeps, call: Call): Reply | undefined {
  switch (access.check(call)) {
    case 'open':
      return undefined;
    case 'keyRefused':
      return wrongKey();
    case 'tokenRefused':
      return wrongToken();
  }
}

function quotaRefusal({ quota }: CloudDeps, route: CloudRoute): Reply | undefined {
  const decision = quota.take(route.isStored ? 'store' : 'nostore');
  switch (decision.kind) {
    case 'granted':
      return undefined;
    case 'throttled':
      return throttled(operationName(route), { ...decision, version: route.version });
    case 'outOfCallVolume':
      return outOfCallVolume(decision.resetInSeconds);
  }
}

/** Source: azure-rest-api-specs, Prediction v3.1, `consumes` of its routes, 2026-11-23. */
const acceptedMediaTypes = {
  image: /^(?:multipart\/form-data|application\/octet-stream)$/i,
  url: /^(?:application|text)\/json$/i,
};

/** The service has a code for malformed names and no description of them: this is a guess. */
const applicationName = /^[\p{L}\p{N} ._-]{1,64}$/u;

function requestRefusal(iteration: Iteration, call: Call, route: CloudRoute): Reply | undefined {
  if (route.projectType !== iteration.projectType) return wrongProjectType();
  const application = call.query.get('application');
  if (application && !applicationName.test(application)) return wrongApplication();
  const mediaType = (call.header('content-type') ?? '').split(';')[0]?.trim() ?? '';
  return acceptedMediaTypes[route.source].test(mediaType) ? undefined : wrongMediaType(mediaType);
}

function receivedImage({ dials }: World, call: Call, { source }: CloudRoute): Promise<SentImage> {
  const { urlTimeoutMs } = dials;
  const rules = { maxBodyBytes, isFileOnly: false, isAnyCase: true, urlTimeoutMs };
  return source === 'url' ? imageBehindUrl(call, rules) : sentImage(call, rules);
}

function imageNotReceived(image: Exclude<SentImage, { kind: 'image' }>, imageId: string): Reply {
  switch (image.kind) {
    case 'tooLarge':
      return imageRefused('BadRequestImageSizeBytes', imageId);
    case 'missing':
      return imageRefused('BadRequestImageStream', imageId);
    case 'badUrl':
      return imageUrlRefused();
    case 'gone':
      return { kind: 'reset' };
  }
}

interface Question {
  readonly route: CloudRoute;
  readonly iteration: Iteration;
  readonly bytes: Buffer;
}

async function predict(world: World, call: Call, question: Question): Promise<Reply> {
  const { route, iteration, bytes } = question;
  const { clock, nextLatencyMs } = world;
  const problem = imageProblem(bytes);
  const format = formatOf(bytes);
  if (problem || !format) return imageRefused(problem ?? 'BadRequestImageFormat', clock.newId());
  const scoring = iteration.scorer.score(bytes, format);
  await pause(nextLatencyMs(), call.signal);
  const scored = await scoring;
  switch (scored.kind) {
    case 'scored': {
      const stamp = stampOf(clock);
      if (route.isStored) store(world, call, question, stamp.predictionId);
      return json(200, cloudAnswer(iteration, route.version, scored.findings, stamp));
    }
    case 'undecodable':
      return imageRefused('BadRequestImageFormat', clock.newId());
    case 'busy':
      return modelBusy();
    case 'broken':
      return modelFailed();
  }
}

function store({ stored, clock }: World, call: Call, question: Question, id: string): void {
  const { projectId, iterationId } = question.iteration;
  stored.keep({
    id,
    projectId,
    iterationId,
    application: call.query.get('application') ?? undefined,
    createdAtMs: clock.nowMs(),
    bytes: question.bytes,
  });
}
