/** What the storage process and its parent say to each other. */
import { z } from 'zod';
import {
  type StorageFault,
  type StorageService,
  storageFaultSchema,
  storageServices,
} from './faults.ts';

/** The process's one argument, as JSON. */
export interface ChildOptions {
  readonly dataDir?: string | undefined;
  /** The services to start; 0 takes a free port. */
  readonly ports: Readonly<Partial<Record<StorageService, number | undefined>>>;
}

export type Command =
  | { readonly kind: 'addFault'; readonly fault: StorageFault }
  | { readonly kind: 'clearFaults' }
  | { readonly kind: 'setClock'; readonly skewMs: number }
  | { readonly kind: 'watchBlobs' }
  | { readonly kind: 'tell' };

export interface Request {
  readonly id: number;
  readonly command: Command;
}

const stateSchema = z.object({
  faults: z.array(storageFaultSchema),
  clock: z.object({ skewMs: z.number() }),
  stats: z.object({
    /** By service, method and container or queue: `blob PUT results`; beyond 1,000, `blob PUT …`. */
    calls: z.record(z.string(), z.number()),
    /** Calls that met a fault. */
    faultCount: z.number(),
  }),
});

/** What is in force, and what was seen. */
export type StorageState = Readonly<z.output<typeof stateSchema>>;

const blobChangeSchema = z.object({
  container: z.string(),
  blobName: z.string(),
  isDeletion: z.boolean(),
});

/** A blob that was written as a whole, or deleted. */
export type BlobChange = Readonly<z.output<typeof blobChangeSchema>>;

export const replySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('listening'),
    ports: z.partialRecord(z.enum(storageServices), z.number()),
  }),
  z.object({ kind: z.literal('loaded') }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
  z.object({ kind: z.literal('trouble'), message: z.string() }),
  z.object({ kind: z.literal('blobChanged'), change: blobChangeSchema }),
  z.object({ kind: z.literal('done'), id: z.number(), state: stateSchema }),
]);

export type Reply = z.input<typeof replySchema>;
