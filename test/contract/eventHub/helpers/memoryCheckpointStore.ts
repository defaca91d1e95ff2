/** A checkpoint store in memory, with the same lost-race rule as the one on blobs. */
import type { Checkpoint, CheckpointStore, PartitionOwnership } from '@azure/event-hubs';

export function memoryCheckpointStore(): CheckpointStore {
  const owned = new Map<string, PartitionOwnership>();
  const checkpoints = new Map<string, Checkpoint>();
  let version = 0;
  return {
    listOwnership: async () => [...owned.values()],
    async claimOwnership(claims) {
      const won = claims.filter((claim) => owned.get(claim.partitionId)?.etag === claim.etag);
      return won.map((claim) => {
        version += 1;
        const next = { ...claim, etag: String(version), lastModifiedTimeInMs: Date.now() };
        owned.set(claim.partitionId, next);
        return next;
      });
    },
    updateCheckpoint: async (checkpoint) => {
      checkpoints.set(checkpoint.partitionId, checkpoint);
    },
    listCheckpoints: async () => [...checkpoints.values()],
  };
}
