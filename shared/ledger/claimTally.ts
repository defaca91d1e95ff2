/** The port to how many claims are held at present, and since when. */
export interface ClaimTally {
  readonly heldCount: number;
  /** Since the oldest was written or renewed; 0 where none is held. */
  readonly oldestMs: number;
}

export interface ClaimTallyReader {
  /** @throws PipelineError `STORE_UNAVAILABLE` */
  read(signal: AbortSignal): Promise<ClaimTally>;
}
