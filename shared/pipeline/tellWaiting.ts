/** Tells operators of prediction calls and of photos that wait. */
import type { PhotoWork } from '../deferral/photoWork.ts';
import { photoPath } from '../photo/photo.ts';
import type { PredictionAnswer } from '../prediction/predictor.ts';
import type { PipelineDeps } from './deps.ts';
import type { WaitingFate } from './fate.ts';
import { laneOf } from './laneOf.ts';

export function tellCall(deps: PipelineDeps, work: PhotoWork, said: PredictionAnswer): void {
  const { telemetry, predictor, prices } = deps;
  const dimensions = { lane: laneOf(work), model: predictor.model.publishedName };
  telemetry.count('sightglass.prediction.calls', 1, { ...dimensions, answer: answerOf(said) });
  if (isPaid(said))
    telemetry.count('sightglass.cost', prices.prediction, { costKind: 'prediction' });
}

function answerOf(said: PredictionAnswer) {
  if (said.kind === 'predicted') return 'predicted';
  return said.failure.code === 'BREAKER_OPEN' ? 'breakerOpen' : said.failure.class;
}

/** A refusal costs nothing; an answer does, even one that can't be used. */
function isPaid(said: PredictionAnswer): boolean {
  if (said.kind === 'predicted') return true;
  return said.failure.class === 'transient' && said.failure.rejectAs !== undefined;
}

export function tellParked(
  deps: PipelineDeps,
  { work, failure, entered }: WaitingFate,
  delayMs: number,
): void {
  const { telemetry, predictor, clock } = deps;
  const { class: failureClass, code } = failure;
  const about = { failureClass, lane: laneOf(work), model: predictor.model.publishedName };
  telemetry.count('sightglass.photos.parked', 1, about);
  const deferralCount = work.deferralCount + 1;
  if (!isPowerOfTwo(deferralCount)) return;
  const { site } = work.source.context;
  const named = { photo: photoPath(work.photo), outcomeKey: entered?.outcomeKey, site, code };
  const waitedMs = clock.nowMs() - work.firstSeenAtMs;
  telemetry.event('photo.parked', { ...about, ...named }, { delayMs, waitedMs, deferralCount });
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0;
}
