/**
 * The port to the one small document that the fleet shares. Anything with compare-and-swap will do.
 * Each operation is bounded and tried once: retries that nobody sees would hide contention.
 */
export interface QuotaStore {
  /** Of the document, for people who have to look at it. */
  readonly path: string;
  /** @throws PipelineError `STORE_UNAVAILABLE` */
  get(): Promise<StoredQuota>;
  /**
   * @param etag - of the version this one follows; `undefined` creates the document.
   * @throws PipelineError `STORE_UNAVAILABLE`; it may have been written all the same.
   */
  compareAndSwap(text: string, etag: string | undefined): Promise<SwappedQuota>;
}

export interface StoredQuota {
  /** `undefined` where nobody has written yet. */
  readonly found: { readonly text: string; readonly etag: string } | undefined;
  /** The server's clock when it answered, to the second; `undefined` where it does not say. */
  readonly serverAtMs: number | undefined;
}

export type SwappedQuota =
  | { readonly kind: 'swapped'; readonly etag: string; readonly serverAtMs: number | undefined }
  /** Somebody was first: read again. */
  | { readonly kind: 'conflict'; readonly serverAtMs: number | undefined };
