/** The port to how much parked work there is. */
export interface Backlog {
  /** Messages on the deferred queue, those that are not due yet included; about. */
  readonly messageCount: number;
  /** How long the message longest due has been waiting to be taken; 0 where none is due. */
  readonly overdueMs: number;
  /** Messages in the poison queues. */
  readonly poisonedCount: number;
}

export interface BacklogReader {
  /** @throws PipelineError `QUEUE_UNAVAILABLE` */
  read(nowMs: number, signal: AbortSignal): Promise<Backlog>;
}
