/** What the library registers for a function, read into what the triggers need. */
import { z } from 'zod';

const bindingSchema = z.looseObject({ type: z.string(), direction: z.string().optional() });

export type Binding = z.output<typeof bindingSchema>;

export interface FunctionMetadata {
  readonly name: string;
  readonly functionId?: string;
  readonly bindings: Record<string, Binding>;
  readonly retryOptions?: unknown;
}

const dataTypeSchema = z
  .string()
  .optional()
  .transform((dataType) => dataType?.toLowerCase());

const httpSchema = z.object({
  type: z.literal('httptrigger'),
  route: z.string().optional(),
  methods: z.array(z.string()),
  authLevel: z
    .string()
    .default('function')
    .transform((level) => level.toLowerCase())
    .pipe(z.enum(['anonymous', 'function', 'admin'])),
});

const blobSchema = z.object({
  type: z.literal('blobtrigger'),
  path: z.string(),
  connection: z.string().default('AzureWebJobsStorage'),
  source: z.string().default('LogsAndContainerScan'),
  dataType: dataTypeSchema,
  properties: z.object({ supportsDeferredBinding: z.string() }).partial().default({}),
});

const queueSchema = z.object({
  type: z.literal('queuetrigger'),
  queueName: z.string(),
  connection: z.string().default('AzureWebJobsStorage'),
});

const timerSchema = z.object({
  type: z.literal('timertrigger'),
  schedule: z.string(),
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().default(true),
});

const eventHubSchema = z.object({
  type: z.literal('eventhubtrigger'),
  connection: z.string(),
  eventHubName: z.string(),
  consumerGroup: z.string().default('$Default'),
  cardinality: z.string().default('many'),
  dataType: dataTypeSchema,
});

const triggerSchema = z.discriminatedUnion('type', [
  httpSchema,
  blobSchema,
  queueSchema,
  timerSchema,
  eventHubSchema,
]);

export type HttpTrigger = z.output<typeof httpSchema>;
export type BlobTrigger = z.output<typeof blobSchema>;
export type QueueTrigger = z.output<typeof queueSchema>;
export type TimerTrigger = z.output<typeof timerSchema>;
export type EventHubTrigger = z.output<typeof eventHubSchema>;
export type Trigger = z.output<typeof triggerSchema>;

const durationSchema = z
  .object({ seconds: z.number() })
  .transform(({ seconds }) => seconds * 1_000)
  .optional();

const retrySchema = z.discriminatedUnion('retryStrategy', [
  z.object({
    retryStrategy: z.literal('fixedDelay'),
    maxRetryCount: z.number(),
    delayInterval: durationSchema.pipe(z.number().default(0)),
  }),
  z.object({
    retryStrategy: z.literal('exponentialBackoff'),
    maxRetryCount: z.number(),
    minimumInterval: durationSchema.pipe(z.number().default(0)),
    maximumInterval: durationSchema.pipe(z.number().default(0)),
  }),
]);

/** Intervals in ms. The library has rounded them to whole seconds before they come here. */
export type RetryPolicy = z.output<typeof retrySchema>;

export interface TriggerBinding {
  readonly bindingName: string;
  readonly trigger: Trigger;
}

/** @throws Error where there is none. */
export function triggerNameOf({ name, bindings }: FunctionMetadata): string {
  const found = Object.entries(bindings).find(([, { type }]) => /trigger$/i.test(type));
  if (!found) throw new Error(`The function "${name}" has no trigger.`);
  return found[0];
}

/** Inputs and outputs beside the trigger and the HTTP answer, which this host neither reads nor writes. */
export function unservedBindings(metadata: FunctionMetadata): readonly Binding[] {
  const triggerName = triggerNameOf(metadata);
  return Object.entries(metadata.bindings).flatMap(([name, binding]) =>
    name === triggerName || binding.type.toLowerCase() === 'http' ? [] : [binding],
  );
}

/** @throws Error where a trigger is none that this host knows, or incomplete. */
export function triggerOf(metadata: FunctionMetadata): TriggerBinding {
  const { name, bindings } = metadata;
  const bindingName = triggerNameOf(metadata);
  const { type = '', ...rest } = bindings[bindingName] ?? {};
  const parsed = triggerSchema.safeParse({ ...rest, type: type.toLowerCase() });
  if (!parsed.success) {
    const problem = z.prettifyError(parsed.error);
    throw new Error(`The ${type} of "${name}" can't be served here: ${problem}`);
  }
  return { bindingName, trigger: parsed.data };
}

export function retryPolicyOf({ retryOptions }: FunctionMetadata): RetryPolicy | undefined {
  return retryOptions === undefined || retryOptions === null
    ? undefined
    : retrySchema.parse(retryOptions);
}
