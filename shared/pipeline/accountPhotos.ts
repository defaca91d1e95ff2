/**
 * The reconciliation as operators see it: walks go on where the last one ran out of time, and once
 * every recent photo was looked at, how many are in which state is told.
 */
import {
  type AccountedPhotos,
  noneAccounted,
  photoAccounts,
  readAccounted,
} from '../ledger/accountedPhotos.ts';
import type { CursorStore } from '../ledger/cursorStore.ts';
import type { Budget, PipelineDeps } from './deps.ts';
import { type ReconcileOptions, type Reconciliation, reconcilePhotos } from './reconcilePhotos.ts';

const photosCursor = 'reconcile';
/** What the walks before this one have counted, of the same round. */
const countsCursor = 'reconcile-counts';

/** @throws PipelineError `STORE_UNAVAILABLE`, `QUEUE_UNAVAILABLE` */
export async function accountPhotos(
  deps: PipelineDeps,
  cursors: CursorStore,
  options: Omit<ReconcileOptions, 'continuation'>,
  budget: Budget,
): Promise<Reconciliation> {
  const continuation = await cursors.load(photosCursor, budget.signal);
  const counted = await cursors.load(countsCursor, budget.signal);
  const before = continuation === undefined ? noneAccounted : readAccounted(counted);
  const found = await reconcilePhotos(deps, { ...options, continuation }, budget);
  const accounted = sumOf(before, found);
  const isWhole = found.continuation === undefined;
  if (isWhole) tellAccounted(deps, accounted);
  const kept = isWhole ? undefined : JSON.stringify(accounted);
  await cursors.save(countsCursor, kept, budget.signal);
  await cursors.save(photosCursor, found.continuation, budget.signal);
  return found;
}

/** Those missing were put to work in the same walk: they are counted apart from those deferred. */
function sumOf(
  before: AccountedPhotos,
  { counts, missingCount, problems }: Reconciliation,
): AccountedPhotos {
  return {
    done: before.done + counts.done,
    review: before.review + counts.review,
    deferred: before.deferred + counts.deferred - missingCount,
    rejected: before.rejected + counts.rejected,
    dead: before.dead + counts.dead,
    missing: before.missing + missingCount,
    unreadable: before.unreadable + problems.length,
  };
}

function tellAccounted({ telemetry }: PipelineDeps, accounted: AccountedPhotos): void {
  for (const photoState of photoAccounts) {
    telemetry.record('sightglass.photos.accounted', accounted[photoState], { photoState });
  }
}
