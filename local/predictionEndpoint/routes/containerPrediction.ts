/**
 * The exported container's web API with its habits: no key, no quota, names ignored, every failure
 * 500 in plain words, an oversize photo among them.
 */

import { imageSize } from 'image-size';
import type { Call } from '../../http/call.ts';
import { json, type Reply, typed } from '../../http/reply.ts';
import { formatOf, maxImageBytes } from '../rules/imageLimits.ts';
import { pause } from '../rules/latency.ts';
import { containerAnswer } from './answers.ts';
import {
  behindUrl,
  type ContainerHabits,
  containerFailed,
  containerHabits,
} from './containerHabits.ts';
import { type ContainerRoute, containerRoute } from './predictionRoute.ts';
import type { Route, RouteSet } from './routeSet.ts';
import { imageBehindUrl, type SentImage, sentImage } from './sentImage.ts';
import { stampOf, type World } from './world.ts';

/** Source: app.py of the exported container, local-models facts 5, 2026-11-23. */
const greeting = 'CustomVision.ai model host harness';

export function containerPrediction(world: World): RouteSet {
  const unchanged = { identity: world.contained, dress: (reply: Reply) => reply };
  return (call): Route | undefined => {
    if (call.method === 'GET' && call.path === '/') {
      const answer = () => typed(200, 'text/plain; charset=utf-8', greeting);
      return { operation: 'Greet', isPrediction: false, answer, ...unchanged };
    }
    const route = call.method === 'POST' ? containerRoute(call.path) : undefined;
    const habits = containerHabits[world.dials.container];
    if (!route || (route.isLong && !habits.hasLongRoutes)) return undefined;
    const operation = route.source === 'url' ? 'ClassifyImageUrl' : 'ClassifyImage';
    const answer = () => answered(world, habits, call, route);
    return { operation, isPrediction: true, answer, ...unchanged };
  };
}

async function answered(
  world: World,
  habits: ContainerHabits,
  call: Call,
  { source }: ContainerRoute,
): Promise<Reply> {
  const image = await receivedImage(world, call, source);
  if (image.kind === 'gone') return { kind: 'reset' };
  if (image.kind === 'badUrl') return habits.urlFailed;
  if (image.kind !== 'image' || image.bytes.length > maxImageBytes) {
    return source === 'url' ? habits.urlFailed : containerFailed;
  }
  return predict(world, source === 'url' ? behindUrl(habits) : habits, call, image.bytes);
}

function receivedImage({ dials }: World, call: Call, source: 'image' | 'url'): Promise<SentImage> {
  const { urlTimeoutMs } = dials;
  // The limit is on the body, envelope and all.
  const rules = { maxBodyBytes: maxImageBytes, isFileOnly: true, isAnyCase: false, urlTimeoutMs };
  return source === 'url' ? imageBehindUrl(call, rules) : sentImage(call, rules);
}

async function predict(
  world: World,
  habits: ContainerHabits,
  call: Call,
  bytes: Buffer,
): Promise<Reply> {
  const { contained, clock, nextLatencyMs } = world;
  const format = formatOf(bytes);
  if (!format) return habits.unreadable;
  const scoring = contained.scorer.score(bytes, format);
  await pause(nextLatencyMs(), call.signal);
  const scored = await scoring;
  switch (scored.kind) {
    case 'scored':
      return json(200, containerAnswer(contained, scored.findings, stampOf(clock), habits));
    case 'undecodable':
      return contained.projectType === 'classify' && hasHeader(bytes)
        ? habits.damaged
        : habits.unreadable;
    case 'busy':
    case 'broken':
      return containerFailed;
  }
}

/** Pillow opens a photo by its header; damage further on shows only when it is decoded. */
function hasHeader(bytes: Buffer): boolean {
  try {
    return imageSize(bytes).width > 0;
  } catch {
    // The library throws for every kind of damage.
    return false;
  }
}
