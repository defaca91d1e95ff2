/** What the storing routes have kept, newest last, within bounds: the oldest go first. */
export interface StoredImage {
  /** That of the prediction. */
  readonly id: string;
  readonly projectId: string;
  readonly iterationId: string;
  readonly application: string | undefined;
  readonly createdAtMs: number;
  readonly bytes: Buffer;
}

export interface StoredImageSummary extends Omit<StoredImage, 'bytes'> {
  readonly sizeBytes: number;
}

export interface StoredImages {
  keep(image: StoredImage): void;
  clear(): void;
  get(id: string): StoredImage | undefined;
  summary(): {
    /** Ever stored since the start or the last clearing, those that had to go included. */
    readonly storedCount: number;
    readonly keptCount: number;
    readonly keptBytes: number;
    readonly images: readonly StoredImageSummary[];
  };
}

export interface StoredBounds {
  readonly maxCount: number;
  readonly maxBytes: number;
}

/** The service keeps them for thirty days; a stand-in has less room. */
export const defaultStoredBounds: StoredBounds = { maxCount: 200, maxBytes: 64 * 1024 * 1024 };

export function storedImages({ maxCount, maxBytes }: StoredBounds): StoredImages {
  let kept: readonly StoredImage[] = [];
  let storedCount = 0;
  const keptBytes = () => kept.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return {
    keep(image) {
      storedCount += 1;
      kept = [...kept, image];
      while (kept.length > maxCount || keptBytes() > maxBytes) kept = kept.slice(1);
    },
    clear() {
      kept = [];
      storedCount = 0;
    },
    get: (id) => kept.find((each) => each.id === id),
    summary: () => ({
      storedCount,
      keptCount: kept.length,
      keptBytes: keptBytes(),
      images: kept.map(({ bytes, ...rest }) => ({ ...rest, sizeBytes: bytes.length })),
    }),
  };
}
