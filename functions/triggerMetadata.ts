/**
 * Trigger metadata as hosts and workers of different versions write it, read into one shape. Keys
 * arrive with a lower first letter, 64-bit numbers in three dialects, times without a zone.
 */
import * as z from 'zod';

const sequenceSchema = z
  .union([z.number(), z.string().regex(/^-?\d+$/), z.object({ low: z.number(), high: z.number() })])
  .transform((value) => {
    if (typeof value !== 'object') return String(value);
    return String(BigInt(value.high) * 4_294_967_296n + BigInt(value.low >>> 0));
  });

const bagSchema = z.record(z.string(), z.unknown()).catch({});

const captureMetadataSchema = z.object({
  partitionContext: z
    .object({ eventHubName: z.string(), partitionId: z.coerce.string() })
    .catch({ eventHubName: 'captures', partitionId: 'unknown' }),
  sequenceNumberArray: z.array(sequenceSchema).catch([]),
  enqueuedTimeUtcArray: z.array(z.string()).catch([]),
  propertiesArray: z.array(bagSchema).catch([]),
  systemPropertiesArray: z.array(bagSchema).catch([]),
});

export type CaptureMetadata = z.output<typeof captureMetadataSchema>;

export function captureMetadata(metadata: unknown): CaptureMetadata {
  return captureMetadataSchema.parse(metadata ?? {});
}

/** The host writes UTC without saying so; JavaScript would read local time. */
export function utcMs(instant: string | undefined): number | undefined {
  if (instant === undefined) return undefined;
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(instant);
  const atMs = Date.parse(hasZone ? instant : `${instant}Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** A value whose key may have lost or kept its capitals. */
export function valueOf(bag: Readonly<Record<string, unknown>>, key: string): unknown {
  const wanted = key.toLowerCase();
  return Object.entries(bag).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

const blobMetadataSchema = z.object({ blobTrigger: z.string() });

/**
 * @returns container and blob name of a blob trigger, `undefined` where the metadata holds neither.
 *   The `{name}` of the path is no use: the worker parses it as JSON (`1e5` becomes 100000).
 */
export function blobPath(metadata: unknown): { container: string; blobName: string } | undefined {
  const parsed = blobMetadataSchema.safeParse(metadata);
  const slash = parsed.success ? parsed.data.blobTrigger.indexOf('/') : -1;
  if (!parsed.success || slash < 1) return undefined;
  const { blobTrigger } = parsed.data;
  return { container: blobTrigger.slice(0, slash), blobName: blobTrigger.slice(slash + 1) };
}
