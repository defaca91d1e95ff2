/**
 * Each try at a photo is a span of the photo's own trace, a child of the try before: parked and
 * drained, crashed and requeued, delivered twice, it stays one story.
 */
import type { PhotoWork } from '../deferral/photoWork.ts';
import { PipelineError } from '../errors.ts';
import { type PhotoRef, photoPath } from '../photo/photo.ts';
import type { SpanNotes, Telemetry } from '../telemetry/telemetry.ts';
import type { PipelineDeps } from './deps.ts';
import type { Fate } from './fate.ts';
import { laneOf } from './laneOf.ts';

/** Where the trace of a photo begins whose sender brought none: the same for whoever meets it. */
export function photoRoot(telemetry: Telemetry, photo: PhotoRef): string {
  return telemetry.rootOf(`${photo.account}/${photoPath(photo)}`);
}

export function inTrace(
  deps: PipelineDeps,
  work: PhotoWork,
  attempt: (work: PhotoWork) => Promise<Fate>,
): Promise<Fate> {
  const from = work.traceparent ?? photoRoot(deps.telemetry, work.photo);
  const pickedUpAtMs = work.pickedUpAtMs ?? deps.clock.nowMs();
  return deps.telemetry.span('process photo', from, async (span) => {
    span.note({
      photo: photoPath(work.photo),
      lane: laneOf(work),
      model: deps.predictor.model.publishedName,
    });
    try {
      const fate = await attempt({ ...work, pickedUpAtMs, traceparent: span.traceparent });
      noteFate(span, fate);
      return fate;
    } catch (error) {
      span.fail(error instanceof PipelineError ? error.code : 'UNEXPECTED');
      throw error;
    }
  });
}

function noteFate(span: SpanNotes<'process photo'>, fate: Fate): void {
  if (fate.kind === 'settled') {
    const { outcome, outcomeKey } = fate.document;
    span.note({ outcome: fate.isNew ? outcome : 'known', outcomeKey });
    return;
  }
  const { class: failureClass, code } = fate.failure;
  const outcomeKey = fate.entered?.outcomeKey;
  span.note({ outcome: 'waiting', failureClass, code, ...(outcomeKey && { outcomeKey }) });
  // To wait for one's turn is the ordinary way; the rest is somebody's fault.
  if (failureClass === 'transient' || failureClass === 'misconfigured') span.fail(code);
}
