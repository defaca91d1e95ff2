/** What a host's process and its parent say to each other. */
import { z } from 'zod';

const levels = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'] as const;

const logSchema = z.object({
  atMs: z.number(),
  level: z.enum(levels),
  category: z.string(),
  message: z.string(),
  functionName: z.string().optional(),
  invocationId: z.string().optional(),
});

const startSchema = z.object({
  kind: z.literal('start'),
  entry: z.string(),
  settings: z.record(z.string(), z.string()),
  hostJson: z.unknown(),
  port: z.number().optional(),
  deliversExistingBlobs: z.boolean().optional(),
  int64Dialect: z.enum(['long', 'number']).optional(),
});

const callSchema = z.object({
  kind: z.literal('call'),
  id: z.number(),
  method: z.enum(['idle', 'stats', 'invoke', 'deliverBlob', 'stop']),
  args: z.array(z.unknown()),
});

const toChildSchema = z.discriminatedUnion('kind', [startSchema, callSchema]);

const toParentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), url: z.string(), functions: z.array(z.string()) }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
  z.object({ kind: z.literal('log'), log: logSchema }),
  z.object({ kind: z.literal('answer'), id: z.number(), value: z.unknown() }),
  z.object({ kind: z.literal('refusal'), id: z.number(), message: z.string() }),
]);

export type StartMessage = z.output<typeof startSchema>;
export type CallMessage = z.output<typeof callSchema>;
export type ToChild = z.output<typeof toChildSchema>;
export type ToParent = z.output<typeof toParentSchema>;

export const readToChild = (message: unknown): ToChild => toChildSchema.parse(message);
export const readToParent = (message: unknown): ToParent => toParentSchema.parse(message);
