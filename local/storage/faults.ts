/**
 * Trouble that storage can be told to make, by name, and which calls it meets. The same in tests, in
 * the control interface and inside the storage process.
 */
import { z } from 'zod';

const faultNames = [
  /** 503 `ServerBusy`: the account or one partition of it is over its limits. */
  'serverBusy',
  /** 500 `OperationTimedOut`: whether it was carried out is not known; here it was not. */
  'operationTimeout',
  /** Carried out, but the connection is reset before the answer. */
  'lostAnswer',
  /** Carried out after `delayMs`. */
  'slow',
  /** No answer ever. */
  'hang',
  /** The connection is reset at once. */
  'reset',
] as const;

export const storageServices = ['blob', 'queue', 'table'] as const;
export type StorageService = (typeof storageServices)[number];

export const storageFaultSchema = z.strictObject({
  name: z.enum(faultNames),
  /** Met by this many calls; without it by every call. */
  count: z.int().positive().optional(),
  /** Met by this share of the calls, evenly: 0.05 meets every twentieth. */
  share: z.number().gt(0).max(1).optional(),
  /** Over after this time. */
  durationMs: z.int().positive().optional(),
  service: z.enum(storageServices).optional(),
  method: z.enum(['GET', 'HEAD', 'PUT', 'POST', 'DELETE']).optional(),
  /** A container, or a queue. */
  container: z.string().min(1).optional(),
  /** Of the blob's name. */
  blobPrefix: z.string().min(1).optional(),
  /** For `slow`. */
  delayMs: z.int().min(0).max(600_000).optional(),
});

export type StorageFault = Readonly<z.output<typeof storageFaultSchema>>;
