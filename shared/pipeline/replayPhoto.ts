/** A dead photo is put to work again: it gets a second outcome, the dead one stays. */
import { type LedgerEntry, noteSurely } from '../ledger/entryStore.ts';
import { photoOutcomeKey } from '../ledger/outcomeKey.ts';
import type { PhotoVersion } from '../photo/photo.ts';
import type { PipelineDeps } from './deps.ts';
import { type PhotoState, photoState } from './photoState.ts';
import { requeue } from './requeue.ts';

/**
 * @returns the photo's state before: anything but `dead` is left as it is.
 * @throws PipelineError `STORE_UNAVAILABLE`, `QUEUE_UNAVAILABLE`, `DOCUMENT_INVALID`
 */
export async function replayPhoto(
  deps: PipelineDeps,
  version: PhotoVersion,
  signal: AbortSignal,
): Promise<PhotoState> {
  const photo = await photoState(deps, version, signal);
  if (photo.state !== 'dead') return photo.state;
  const replayCount = photo.replayCount + 1;
  const { model } = deps.predictor;
  const keyOf = (count: number) => photoOutcomeKey(version, version.etag, model, count);
  const next = { ...photo, replayCount, outcomeKey: keyOf(replayCount), entry: undefined };
  await requeue(deps, [next], { because: 'REPLAYED' }, signal);
  const seen = await deps.entries.find(keyOf(0), signal);
  if (seen) {
    const change = (entry: LedgerEntry) => ({ ...entry, replayCount });
    await noteSurely(deps.entries, keyOf(0), change, { seen, signal });
  }
  return photo.state;
}
