/** What host and worker say to each other. Both ends are ours: shapes are named, payloads trusted. */
import { z } from 'zod';
import type { FunctionMetadata } from '../app/functionMetadata.ts';
import type { InvocationRequest, InvocationResponse } from '../app/invocation.ts';
import type { AppLog } from '../app/loadApp.ts';
import type { Settings } from '../settings.ts';

export type WorkerRequest =
  | {
      readonly kind: 'load';
      readonly entry: string;
      /** Join the environment of a process that has run without them. */
      readonly settings: Settings;
    }
  | {
      readonly kind: 'invoke';
      readonly callId: number;
      readonly functionName: string;
      readonly request: InvocationRequest & { readonly invocationId: string };
    }
  | { readonly kind: 'measure'; readonly callId: number }
  | { readonly kind: 'terminate' };

export type InvocationAnswer =
  | { readonly kind: 'succeeded'; readonly response: InvocationResponse }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string };

export interface WorkerMemory {
  readonly rssBytes: number;
  readonly peakRssBytes: number;
}

export interface LoadedApp {
  readonly functions: readonly FunctionMetadata[];
  readonly capabilities: Readonly<Record<string, string>>;
}

/** Not looked into: an image in a message must not be walked through byte by byte. */
const trusted = <Value>() => z.custom<Value>(() => true);

export const workerReplySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('loaded'), app: trusted<LoadedApp>() }),
  z.object({ kind: z.literal('log'), log: trusted<AppLog>() }),
  z.object({
    kind: z.literal('invoked'),
    callId: z.number(),
    answer: trusted<InvocationAnswer>(),
  }),
  z.object({ kind: z.literal('measured'), callId: z.number(), memory: trusted<WorkerMemory>() }),
  z.object({ kind: z.literal('terminated') }),
]);

export type WorkerReply = z.input<typeof workerReplySchema>;

export const workerRequestSchema = trusted<WorkerRequest>();
