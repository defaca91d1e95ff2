/** What the bench and its app processes say to each other. */
import { z } from 'zod';

export const requestSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('photos'),
    blobNames: z.array(z.string()),
    atOnceCount: z.number(),
  }),
  /** Telemetry of so many photos straight into the port, as fast as it takes it. */
  z.object({ kind: z.literal('flood'), photoCount: z.number() }),
  /** Between warming up and measuring: a large collection in one process alone would decide all. */
  z.object({ kind: z.literal('collect') }),
  z.object({ kind: z.literal('stop') }),
]);

export type AppRequest = z.output<typeof requestSchema>;

export const replySchema = z.object({
  /** Of each photo, in the order given; empty for the rest. */
  photoMs: z.array(z.number()),
  /** Processor time of each, where one follows the other. */
  photoCpuMs: z.array(z.number()),
  elapsedMs: z.number(),
  /** User and system time of the process, all of it since it was started. */
  cpuMs: z.number(),
  /** After a garbage collection, but for photos. */
  rssBytes: z.number(),
});

export type AppReply = z.output<typeof replySchema>;
