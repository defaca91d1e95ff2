/** The port to stored photos. Headers first; the body only for the version that was opened. */
import type { PhotoRef, PhotoVersion } from './photo.ts';

export type OpenedPhoto =
  | { readonly kind: 'found'; readonly version: PhotoVersion; readonly context: PhotoContext }
  | { readonly kind: 'missing' };

/** Metadata that an app attached to the blob itself, keys in lower case. */
export type PhotoContext = Readonly<Record<string, string>>;

export type PhotoBody =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'overwritten' };

export interface StoredPhoto {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly context: PhotoContext;
}

export interface PhotoPage {
  readonly versions: readonly PhotoVersion[];
  /** Where to go on; absent: this was the last page. */
  readonly continuation: string | undefined;
}

export interface PageOf {
  readonly container: string;
  /** Of blob names; all of them where unset. */
  readonly prefix?: string | undefined;
  /** From the page before; the first page where unset. */
  readonly continuation?: string | undefined;
  readonly pageCount: number;
}

export interface PhotoStore {
  /** Name of the storage account that holds every photo this store can reach. */
  readonly account: string;
  /** @throws PipelineError `STORE_UNAVAILABLE` */
  open(ref: PhotoRef, signal: AbortSignal): Promise<OpenedPhoto>;
  /** @throws PipelineError `STORE_UNAVAILABLE` */
  read(version: PhotoVersion, signal: AbortSignal): Promise<PhotoBody>;
  /** In the order of their names. @throws PipelineError `STORE_UNAVAILABLE` */
  list(page: PageOf, signal: AbortSignal): Promise<PhotoPage>;
  /**
   * Create-only; a photo that is there already is left as it is.
   *
   * @throws PipelineError `STORE_UNAVAILABLE`
   */
  put(ref: PhotoRef, photo: StoredPhoto, signal: AbortSignal): Promise<void>;
  /** @throws PipelineError `STORE_UNAVAILABLE` */
  ping(signal: AbortSignal): Promise<void>;
}
