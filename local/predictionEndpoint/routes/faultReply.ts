/** Each fault by its name: what the caller gets instead of an answer. */

import { html, json, type Reply } from '../../http/reply.ts';
import { fixedClasses } from '../model/fixedScorer.ts';
import type { Fault, FaultName } from '../rules/faultQueue.ts';
import {
  gatewayError,
  notPublished,
  outOfCallVolume,
  throttled,
  wrongKey,
} from '../wire/errorAnswers.ts';
import { cloudAnswer } from './answers.ts';
import { stampOf, type World } from './world.ts';

const proxyPage =
  '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';
const maintenancePage = '<!DOCTYPE html><html><body>Service maintenance</body></html>';

/** Source: predict.py of the exported container, local-models facts 5, 2026-11-23. */
const stringText = 'Error: Could not preprocess image for prediction. Image might be corrupt.';

/** Source: sample timespan 22.14:18:12 of microsoft/node-bing-api issue 34, 2026-11-23. */
const volumeResetSeconds = ((22 * 24 + 14) * 60 + 18) * 60 + 12;

type ReplyMaker = (fault: Fault, world: World) => Reply;

const makers: Readonly<Record<FaultName, ReplyMaker>> = {
  throttle: ({ retryAfterSeconds }) =>
    throttled('ClassifyImageWithNoStore', retryAfterSeconds ?? 1, retryAfterSeconds !== undefined),
  unavailable: () => gatewayError(503, 'The service is temporarily unavailable.'),
  htmlFromProxy: () => html(502, proxyPage),
  hang: () => ({ kind: 'hang' }),
  reset: () => ({ kind: 'reset' }),
  truncatedBody: (_, world) => ({ kind: 'truncated', body: JSON.stringify(sample(world)) }),
  nullAnswer: () => json(200, null),
  stringAnswer: () => json(200, stringText),
  htmlAnswer: () => html(200, maintenancePage),
  nanAnswer: (_, world) => bareNan(world),
  nanTextAnswer: (_, world) => json(200, altered(world, { probability: 'NaN' })),
  unknownTag: (_, world) => json(200, altered(world, { tagName: 'neverTrained' })),
  emptyPredictions: (_, world) => json(200, { ...sample(world), predictions: [] }),
  unpublished: notPublished,
  rotatedKey: wrongKey,
  outOfCallVolume: () => outOfCallVolume(volumeResetSeconds),
};

export function faultReply(fault: Fault, world: World): Reply {
  return makers[fault.name](fault, world);
}

function sample({ identity, clock }: World) {
  return cloudAnswer(identity, 'v3.1', fixedClasses(identity.labels.length), stampOf(clock));
}

function altered(world: World, change: Readonly<Record<string, unknown>>) {
  const { predictions, ...rest } = sample(world);
  const [first, ...others] = predictions;
  return { ...rest, predictions: [{ ...first, ...change }, ...others] };
}

/** Python's json module writes NaN without quotes, which is no JSON. */
function bareNan(world: World): Reply {
  const text = JSON.stringify(altered(world, { probability: 'NaN' }));
  return { ...json(200, null), body: text.replace('"NaN"', 'NaN') };
}
