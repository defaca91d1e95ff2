/**
 * What exporters send: envelopes of Application Insights. Read loosely: what the service would take
 * is taken, unknown fields are kept. Source: envelopes of the exporter 1.0.0-beta.47, seen 2026-11-25.
 */
import { z } from 'zod';

const propertiesSchema = z.record(z.string(), z.string()).default({});
const measurementsSchema = z.record(z.string(), z.number()).default({});
const succeededSchema = z.union([z.boolean(), z.string()]).optional();

const common = { properties: propertiesSchema, measurements: measurementsSchema };

const timed = {
  ...common,
  id: z.string().default(''),
  name: z.string().default(''),
  duration: z.string().default('00:00:00'),
  success: succeededSchema,
};

const metricSchema = z.looseObject({
  name: z.string(),
  value: z.number(),
  count: z.number().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
});

const dataSchema = z.discriminatedUnion('baseType', [
  z.object({
    baseType: z.literal('RequestData'),
    baseData: z.looseObject({ ...timed, responseCode: z.string().default('') }),
  }),
  z.object({
    baseType: z.literal('RemoteDependencyData'),
    baseData: z.looseObject({
      ...timed,
      resultCode: z.string().default(''),
      data: z.string().default(''),
      type: z.string().default(''),
      target: z.string().default(''),
    }),
  }),
  z.object({
    baseType: z.literal('EventData'),
    baseData: z.looseObject({ ...common, name: z.string() }),
  }),
  z.object({
    baseType: z.literal('MetricData'),
    baseData: z.looseObject({ ...common, metrics: z.array(metricSchema).min(1) }),
  }),
  z.object({
    baseType: z.literal('AvailabilityData'),
    baseData: z.looseObject({ ...timed, message: z.string().default('') }),
  }),
  z.object({
    baseType: z.literal('MessageData'),
    baseData: z.looseObject({
      ...common,
      message: z.string(),
      severityLevel: z.union([z.string(), z.number()]).optional(),
    }),
  }),
  z.object({
    baseType: z.literal('ExceptionData'),
    baseData: z.looseObject({
      ...common,
      exceptions: z.array(z.looseObject({ typeName: z.string(), message: z.string() })).min(1),
    }),
  }),
]);

export const envelopeSchema = z.looseObject({
  name: z.string(),
  time: z.string(),
  iKey: z.string(),
  sampleRate: z.number().default(100),
  tags: z.record(z.string(), z.string()).default({}),
  data: dataSchema,
});

export type Envelope = z.output<typeof envelopeSchema>;
export type EnvelopeData = Envelope['data'];
