/** A checkpoint store for consumers that end with their test. */
import type { Checkpoint, CheckpointStore, PartitionOwnership } from '@azure/event-hubs';

export function memoryCheckpoints(): CheckpointStore {
  const checkpoints = new Map<string, Checkpoint>();
  const ownerships = new Map<string, PartitionOwnership>();
  return {
    listOwnership: async () => [...ownerships.values()],
    async claimOwnership(claims) {
      return claims.map((claim) => {
        const owned = { ...claim, etag: crypto.randomUUID(), lastModifiedTimeInMs: Date.now() };
        ownerships.set(claim.partitionId, owned);
        return owned;
      });
    },
    async updateCheckpoint(checkpoint) {
      checkpoints.set(checkpoint.partitionId, checkpoint);
    },
    listCheckpoints: async () => [...checkpoints.values()],
  };
}
