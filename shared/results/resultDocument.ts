/** The result document: the public, versioned form of an outcome in storage. Fields are only added. */
import * as z from 'zod';
import { deathAdvice } from './death.ts';
import { rejectionAdvice } from './rejection.ts';

export const resultSchemaVersion = '1.0';

/**
 * A word of a list that grows: a newer version may write one that this one does not know. What it wrote
 * is an outcome all the same.
 */
function wordOf(known: readonly string[]) {
  return z.string().meta({ examples: [...known] });
}

const instant = z.iso.datetime().describe('ISO-8601, UTC.');
const confidence = z.number().min(0).max(1).describe('Fraction from 0 to 1.');
const milliseconds = z.number().nonnegative().describe('Milliseconds.');

export const photoSchema = z
  .object({
    account: z.string(),
    container: z.string(),
    blobName: z.string(),
    etag: z.string().describe('Without quotes.'),
    contentLengthBytes: z.number().int().nonnegative(),
    contentType: z.string().optional(),
    lastModifiedAt: instant,
    sha256: z.string().optional().describe('Of the bytes predicted, hexadecimal.'),
    format: z.string().optional().describe('By signature: jpeg, png, bmp or gif.'),
    widthPx: z.number().int().positive().optional(),
    heightPx: z.number().int().positive().optional(),
  })
  .describe('The stored photo version this outcome belongs to.');

export const sourceSchema = z.object({
  trigger: wordOf(['upload', 'capture', 'unknown']).describe(
    'unknown: a message on our queue that named no photo.',
  ),
  eventId: z.string().optional(),
  site: z.string().optional(),
  batch: z.string().optional(),
  device: z.string().optional(),
  equipmentClass: z.string().optional(),
  capturedAt: instant.optional(),
});

export const modelSchema = z.object({
  backend: wordOf(['customVision', 'exportedModel']),
  projectId: z.string(),
  publishedName: z.string(),
  projectType: wordOf(['classify', 'detect']),
  iterationId: z.string().optional().describe('The iteration that answered.'),
  expectedIterationId: z
    .string()
    .optional()
    .describe('Only where another one answered: the one that was meant to.'),
});

export const decisionSchema = z.object({
  tag: z
    .string()
    .describe('The winning tag; "none" when the negative tag won or nothing was seen.'),
  confidence,
  thresholdConfidence: confidence,
  isUncertain: z.boolean().describe('Below the threshold: a person should look.'),
});

export const rejectionSchema = z.object({
  reason: wordOf(Object.keys(rejectionAdvice)).describe('More may come: treat them alike.'),
  message: z.string(),
});

export const deathSchema = z.object({
  reason: wordOf(Object.keys(deathAdvice)).describe('More may come: treat them alike.'),
  message: z.string(),
  detail: z.string().describe('What was seen last.'),
});

export const wantedSchema = z
  .object({
    account: z.string(),
    container: z.string(),
    blobName: z.string(),
    etag: z.string().optional(),
  })
  .describe('The photo as it was asked for, where none was found.');

const tagSchema = z.object({
  tag: z.string(),
  tagId: z.string().optional(),
  tagType: wordOf(['Regular', 'Negative', 'GeneralProduct']).optional(),
  confidence,
  box: z
    .object({
      leftRatio: z.number(),
      topRatio: z.number(),
      widthRatio: z.number(),
      heightRatio: z.number(),
    })
    .optional()
    .describe('Detection only: fractions of the photo from its top left corner.'),
});

const commonFields = {
  schemaVersion: z.literal(resultSchemaVersion),
  outcomeKey: z.string(),
  source: sourceSchema,
  model: modelSchema,
  attempts: z.object({
    deferralCount: z.number().int().nonnegative(),
    firstSeenAt: instant,
  }),
  timings: z.object({
    openMs: milliseconds.optional(),
    claimMs: milliseconds.optional(),
    lookupMs: milliseconds.optional(),
    readMs: milliseconds.optional(),
    checkMs: milliseconds.optional(),
    slotMs: milliseconds.optional(),
    predictMs: milliseconds.optional(),
    totalMs: milliseconds,
  }),
  transforms: z
    .array(z.string())
    .describe('What was done to the bytes before the prediction; empty: sent as stored.'),
  settledAt: instant,
  claimOwner: z
    .string()
    .optional()
    .describe(
      'Of the claim it was written under, for the ledger: once that is gone, it has been announced.',
    ),
  traceparent: z
    .string()
    .optional()
    .describe('W3C trace context; its second part is the operation id in Application Insights.'),
};

export const resultDocumentSchema = z
  .discriminatedUnion('outcome', [
    z.object({
      ...commonFields,
      outcome: z.literal('predicted'),
      photo: photoSchema,
      predictionId: z.string().optional(),
      tags: z.array(tagSchema).describe('Every tag answered, highest confidence first.'),
      decision: decisionSchema,
    }),
    z.object({
      ...commonFields,
      outcome: z.literal('rejected'),
      photo: photoSchema.optional(),
      wanted: wantedSchema.optional(),
      rejection: rejectionSchema,
    }),
    z.object({
      ...commonFields,
      outcome: z.literal('dead'),
      photo: photoSchema.optional(),
      wanted: wantedSchema.optional(),
      death: deathSchema,
    }),
  ])
  .describe('The one outcome of a photo version and model.');

export type ResultDocument = z.output<typeof resultDocumentSchema>;
