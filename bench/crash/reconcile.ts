/** The hourly reconciliation, by somebody who does not die: finds what no event will bring again. */
import type { PipelineDeps } from '../../shared/pipeline/deps.ts';
import { reconcilePhotos } from '../../shared/pipeline/reconcilePhotos.ts';
import type { Archive } from './archive.ts';
import { photosContainer } from './photoNames.ts';
import { endless, standing } from './standing.ts';
import type { Time } from './time.ts';
import type { Transport } from './transport.ts';

/** @returns how many photos were put to work again. */
export async function requeueMissing(
  { stores }: Pick<Archive, 'stores'>,
  deliveries: Transport,
  time: Time,
): Promise<number> {
  const deps: PipelineDeps = {
    ...stores,
    ...standing(time),
    deferrals: {
      send: async (text, delayMs) => deliveries.park(text, delayMs),
      ping: () => Promise.resolve(),
    },
  };
  const options = {
    container: photosContainer,
    changedSinceMs: 0,
    changedUntilMs: Number.POSITIVE_INFINITY,
    requeueing: { because: 'RECONCILED' },
  };
  const { missingCount } = await reconcilePhotos(deps, options, endless());
  return missingCount;
}
