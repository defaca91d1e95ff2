/** What a host in a process of its own and its parent say to each other. */
import { z } from 'zod';

export const startSchema = z.object({
  kind: z.literal('start'),
  entry: z.string(),
  settings: z.record(z.string(), z.string()),
  hostJson: z.unknown(),
  port: z.number().optional(),
  deliversExistingBlobs: z.boolean().optional(),
  raisesBlobEvents: z.boolean().optional(),
  authorization: z.enum(['coreTools', 'keys']).optional(),
  dialect: z.enum(['newer', 'older']).optional(),
  int64Dialect: z.enum(['number', 'string', 'long']).optional(),
  controlPort: z.number().optional(),
});

export const callSchema = z.object({
  kind: z.literal('call'),
  callId: z.number(),
  method: z.enum(['idle', 'stats', 'deliverBlob', 'stop']),
  arguments: z.array(z.string()),
});

export const requestSchema = z.discriminatedUnion('kind', [startSchema, callSchema]);

const logLevels = [
  'trace',
  'debug',
  'information',
  'warning',
  'error',
  'critical',
  'none',
] as const;

const logSchema = z.object({
  atMs: z.number(),
  level: z.enum(logLevels),
  category: z.string(),
  message: z.string(),
  functionName: z.string().optional(),
  invocationId: z.string().optional(),
});

export const replySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('started'),
    url: z.string(),
    controlUrl: z.string(),
    functions: z.array(z.string()),
  }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
  /** The host ends by itself; nothing comes after this. */
  z.object({ kind: z.literal('down') }),
  z.object({ kind: z.literal('log'), log: logSchema }),
  z.object({
    kind: z.literal('answer'),
    callId: z.number(),
    value: z.unknown().optional(),
    error: z.string().optional(),
  }),
]);

export const statsSchema = z.object({
  functions: z.record(
    z.string(),
    z.object({ succeededCount: z.number(), failedCount: z.number(), runningCount: z.number() }),
  ),
  rssBytes: z.number(),
  peakRssBytes: z.number(),
});

export type HostRequest = z.input<typeof requestSchema>;
export type HostReply = z.input<typeof replySchema>;
