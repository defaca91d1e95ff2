/** The port to places where long walks through storage go on, by name of the walk. */
export interface CursorStore {
  /** @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID` */
  load(name: string, signal: AbortSignal): Promise<string | undefined>;
  /**
   * @param cursor - absent: the walk came to its end, the next one begins anew.
   * @throws PipelineError `STORE_UNAVAILABLE`
   */
  save(name: string, cursor: string | undefined, signal: AbortSignal): Promise<void>;
}
