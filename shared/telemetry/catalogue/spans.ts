/** Spans of our own. Calls to storage, hubs and the endpoint bring theirs by instrumentation. */
import type { AttributeName } from './attributes.ts';

interface SpanMeaning {
  readonly meaning: string;
  readonly attributes: readonly AttributeName[];
}

export const spans = {
  'process photo': {
    meaning:
      "One try at one photo, in the photo's own trace: parkings and retries follow each other.",
    attributes: ['photo', 'outcomeKey', 'outcome', 'failureClass', 'code', 'lane', 'model'],
  },
} as const satisfies Readonly<Record<string, SpanMeaning>>;

export type SpanName = keyof typeof spans;
