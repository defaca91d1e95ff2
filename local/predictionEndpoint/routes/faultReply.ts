/** Each fault by its name: what the caller gets instead of an answer, or how the answer fares. */

import { type Answer, html, json, type Reply } from '../../http/reply.ts';
import { fixedClasses } from '../model/fixedScorer.ts';
import type { FaultName, StruckFault } from '../rules/faultQueue.ts';
import {
  gatewayError,
  notPublished,
  outOfCallVolume,
  serviceError,
  throttled,
  wrongKey,
} from '../wire/errorAnswers.ts';
import { cloudAnswer } from './answers.ts';
import type { Route } from './routeSet.ts';
import { type Clock, stampOf } from './world.ts';

const proxyPage =
  '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';
const maintenancePage = '<!DOCTYPE html><html><body>Service maintenance</body></html>';

/** Source: predict.py of the exported container, local-models facts 5, 2026-11-23. */
export const stringText =
  'Error: Could not preprocess image for prediction. Image might be corrupt.';

/** Source: sample timespan 22.14:18:12 of microsoft/node-bing-api issue 34, 2026-11-23. */
const volumeResetSeconds = ((22 * 24 + 14) * 60 + 18) * 60 + 12;

export interface FaultContext {
  readonly route: Route;
  readonly clock: Clock;
  /** What the call would have got. Takes a slot of the quota, as any call. */
  readonly answered: () => Promise<Reply>;
}

/** In place of the answer: the call is not looked at. */
type Replacement = (fault: StruckFault, context: FaultContext) => Reply;

const replacements: Readonly<Partial<Record<FaultName, Replacement>>> = {
  throttle: ({ retryAfterSeconds }, { route }) =>
    throttled(route.operation, {
      retryAfterSeconds: retryAfterSeconds ?? 1,
      retryAfter: retryAfterSeconds === undefined ? 'text' : 'header',
      tier: 'S0',
    }),
  unavailable: () => gatewayError(503, 'The service is temporarily unavailable.'),
  storm: ({ draw }) => stormAnswer(draw),
  serviceError: ({ httpStatus = 500, code = 'ErrorUnknown' }) =>
    serviceError(httpStatus, code, 'The request could not be processed.'),
  hang: () => ({ kind: 'hang' }),
  reset: () => ({ kind: 'reset' }),
  nullAnswer: () => json(200, null),
  stringAnswer: () => json(200, stringText),
  nanAnswer: (_, context) => bareNan(context),
  nanTextAnswer: (_, context) => json(200, altered(context, { probability: 'NaN' })),
  unknownTag: (_, context) => json(200, altered(context, { tagName: 'neverTrained' })),
  emptyPredictions: (_, context) => json(200, { ...sample(context), predictions: [] }),
  unpublished: notPublished,
  rotatedKey: wrongKey,
  outOfCallVolume: () => outOfCallVolume(volumeResetSeconds),
};

/** Between the service and the caller: nothing the service would put on shows. */
const fromOthers: Readonly<Partial<Record<FaultName, Reply>>> = {
  htmlFromProxy: html(502, proxyPage),
  htmlAnswer: html(200, maintenancePage),
};

/** On the way: the call is answered, and what it gets of that goes wrong. */
type Distortion = (answer: Answer, fault: StruckFault) => Reply;

const distortions: Readonly<Partial<Record<FaultName, Distortion>>> = {
  truncatedBody: (answer) => ({ kind: 'truncated', answer }),
  resetMidBody: (answer) => ({ kind: 'resetMidBody', answer }),
  drip: (answer, { bytesPerSecond = 1 }) => ({ kind: 'drip', answer, bytesPerSecond }),
  wrongLength: (answer, { lengthErrorBytes = 10 }) => ({
    ...answer,
    headers: {
      ...answer.headers,
      'content-length': String(Math.max(0, Buffer.byteLength(answer.body) + lengthErrorBytes)),
    },
  }),
};

export async function faultReply(fault: StruckFault, context: FaultContext): Promise<Reply> {
  const foreign = fromOthers[fault.name];
  if (foreign) return foreign;
  const replacement = replacements[fault.name];
  if (replacement) return context.route.dress(replacement(fault, context));
  const reply = await context.answered();
  const distortion = distortions[fault.name];
  return distortion && reply.kind === 'answer' ? distortion(reply, fault) : reply;
}

/** What a failing deployment sends by turns, and its gateway. */
function stormAnswer(draw: number): Answer {
  const faces = [
    serviceError(500, 'ErrorUnknown', 'The request could not be processed.'),
    html(502, proxyPage),
    gatewayError(503, 'The service is temporarily unavailable.'),
    gatewayError(504, 'The operation was timeout.', 'Timeout'),
  ];
  return faces[Math.floor(draw * faces.length)] ?? gatewayError(503, 'Service unavailable.');
}

function sample({ route: { identity }, clock }: FaultContext) {
  return cloudAnswer(identity, 'v3.1', fixedClasses(identity.labels.length), stampOf(clock));
}

function altered(context: FaultContext, change: Readonly<Record<string, unknown>>) {
  const { predictions, ...rest } = sample(context);
  const [first, ...others] = predictions;
  return { ...rest, predictions: [{ ...first, ...change }, ...others] };
}

/** Python's json module writes NaN without quotes, which is no JSON. */
function bareNan(context: FaultContext): Reply {
  const text = JSON.stringify(altered(context, { probability: 'NaN' }));
  return { ...json(200, null), body: text.replace('"NaN"', 'NaN') };
}
