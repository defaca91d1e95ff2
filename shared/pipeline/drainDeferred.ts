/** Parked photos come back: each gets another try, and waits longer if that fails too. */
import { deferredMessageSchema } from '../deferral/deferredPhoto.ts';
import { PipelineError, problemsOf } from '../errors.ts';
import type { Budget, PipelineDeps } from './deps.ts';
import type { Fate } from './fate.ts';
import { processBatch } from './processBatch.ts';

/**
 * @param message - the queue message, parsed.
 * @throws PipelineError `DOCUMENT_INVALID` for a message that is not ours: the host moves it to the
 *   poison queue, where it can be looked at. `QUEUE_UNAVAILABLE` when photos could not be parked.
 */
export async function drainDeferred(
  deps: PipelineDeps,
  message: unknown,
  budget: Budget,
): Promise<Fate[]> {
  const parsed = deferredMessageSchema.safeParse(message);
  if (parsed.success) return processBatch(deps, parsed.data.photos, budget);
  const problems = problemsOf(parsed.error.issues);
  const text = `a parked message is not in our form: ${problems.join('; ')}`;
  throw new PipelineError('DOCUMENT_INVALID', text, { path: 'deferred-predictions', problems });
}
