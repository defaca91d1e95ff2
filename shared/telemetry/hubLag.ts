/** The port to how far the readers of hubs are behind. */
export interface PartitionLag {
  readonly hub: string;
  readonly partition: string;
  /** Events enqueued after the one of the latest checkpoint. */
  readonly eventCount: number;
}

export interface HubLagReader {
  /** @throws PipelineError `EVENTS_UNAVAILABLE`, `STORE_UNAVAILABLE` */
  read(signal: AbortSignal): Promise<readonly PartitionLag[]>;
}
