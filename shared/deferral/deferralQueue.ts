/** The port to the queue of parked work. */
export interface DeferralQueue {
  /**
   * Durable once it resolves.
   *
   * @param delayMs - the message stays invisible that long; rounded up to whole seconds.
   * @throws PipelineError `QUEUE_UNAVAILABLE`
   */
  send(text: string, delayMs: number): Promise<void>;
  /** @throws PipelineError `QUEUE_UNAVAILABLE` */
  ping(signal: AbortSignal): Promise<void>;
}
