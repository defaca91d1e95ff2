/** A checkpoint store in memory, with the same lost-race rule as the one on blobs. */
import type { Checkpoint, CheckpointStore, PartitionOwnership } from '@azure/event-hubs';

export interface MemoryCheckpointStore extends CheckpointStore {
  /** Resolves once the owners hold these numbers of partitions, in ascending order. */
  shared(partitionCounts: readonly number[]): Promise<void>;
}

export function memoryCheckpointStore(): MemoryCheckpointStore {
  const owned = new Map<string, PartitionOwnership>();
  const checkpoints = new Map<string, Checkpoint>();
  let version = 0;
  let onClaim = (): void => {};
  const shares = (): number[] => {
    const owners = Map.groupBy(owned.values(), ({ ownerId }) => ownerId);
    owners.delete('');
    return [...owners.values()].map(({ length }) => length).sort((a, b) => a - b);
  };
  return {
    listOwnership: async () => [...owned.values()],
    async claimOwnership(claims) {
      const won = claims.filter((claim) => owned.get(claim.partitionId)?.etag === claim.etag);
      const claimed = won.map((claim) => {
        version += 1;
        const next = { ...claim, etag: String(version), lastModifiedTimeInMs: Date.now() };
        owned.set(claim.partitionId, next);
        return next;
      });
      onClaim();
      return claimed;
    },
    shared(partitionCounts) {
      const { promise, resolve } = Promise.withResolvers<void>();
      onClaim = () => {
        if (shares().join() === partitionCounts.join()) resolve();
      };
      onClaim();
      return promise;
    },
    updateCheckpoint: async (checkpoint) => {
      checkpoints.set(checkpoint.partitionId, checkpoint);
    },
    listCheckpoints: async () => [...checkpoints.values()],
  };
}
