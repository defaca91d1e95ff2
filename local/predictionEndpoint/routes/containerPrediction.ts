/**
 * The exported container's web API with its habits: no key, no quota, names ignored, every failure
 * 500 in plain words, an oversize photo among them.
 */

import type { Call } from '../../http/call.ts';
import { html, json, type Reply } from '../../http/reply.ts';
import { formatOf, maxImageBytes } from '../rules/imageLimits.ts';
import { pause } from '../rules/latency.ts';
import { containerAnswer } from './answers.ts';
import type { ContainerRoute } from './predictionRoute.ts';
import { sentImage } from './sentImage.ts';
import { stampOf, type World } from './world.ts';

/** Source: app.py of the exported container, local-models facts 5, 2026-11-23. */
export const containerGreeting = 'CustomVision.ai model host harness';
const failureText = 'Error processing image';

export function containerPrediction(world: World) {
  return async (call: Call, route: ContainerRoute): Promise<Reply> => {
    // The first generation answers 200 to a url it can't fetch; this endpoint fetches none.
    if (route.source === 'url') return html(200, failureText);
    const image = await sentImage(call);
    if (image.kind === 'gone') return { kind: 'reset' };
    if (image.kind !== 'image' || image.bytes.length > maxImageBytes) return html(500, failureText);
    return predict(world, call, image.bytes);
  };
}

async function predict(world: World, call: Call, bytes: Buffer): Promise<Reply> {
  const { identity, scorer, clock, nextLatencyMs } = world;
  const format = formatOf(bytes);
  if (!format) return html(500, failureText);
  const scoring = scorer.score(bytes, format);
  await pause(nextLatencyMs(), call.signal);
  const scored = await scoring;
  if (scored.kind !== 'scored') return html(500, failureText);
  return json(200, containerAnswer(identity, scored.findings, stampOf(clock)));
}
