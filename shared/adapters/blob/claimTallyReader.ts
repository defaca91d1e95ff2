/** Counts the claims in their container. As many as photos are in flight: a page or two. */
import type { ContainerClient } from '@azure/storage-blob';
import type { ClaimTally, ClaimTallyReader } from '../../ledger/claimTally.ts';
import { isStatus, storeUnavailable } from './blobErrors.ts';

const none: ClaimTally = { heldCount: 0, oldestMs: 0 };

export function blobClaimTallyReader(container: ContainerClient): ClaimTallyReader {
  return {
    async read(abortSignal) {
      let tally = none;
      try {
        for await (const page of container.listBlobsFlat({ abortSignal }).byPage()) {
          // Ages by storage's clock: no machine's own counts.
          const nowMs = page.date?.getTime() ?? 0;
          const agesMs = page.segment.blobItems.map(
            ({ properties }) => nowMs - properties.lastModified.getTime(),
          );
          tally = {
            heldCount: tally.heldCount + agesMs.length,
            oldestMs: Math.max(tally.oldestMs, ...agesMs),
          };
        }
        return tally;
      } catch (error) {
        // Not there yet: no photo was ever claimed.
        if (isStatus(error, 404)) return none;
        throw storeUnavailable('count claims', container.containerName, error);
      }
    },
  };
}
