/** What the service and its exported containers answer, validated before anybody believes it. */
import * as z from 'zod';
import type { Failure, PredictionProblem } from '../../prediction/failure.ts';
import { byConfidence, type Prediction, type Tag } from '../../prediction/prediction.ts';
import type { PredictionAnswer } from '../../prediction/predictor.ts';

/** Lenient on purpose: containers answer empty ids, numeric tag ids and times without a zone. */
const answerSchema = z.object({
  id: z.string().nullish(),
  iteration: z.string().nullish(),
  predictions: z.array(
    z.object({
      tagName: z.string().min(1),
      tagId: z.union([z.string(), z.number()]).nullish(),
      tagType: z.string().nullish(),
      probability: z.unknown(),
      boundingBox: z
        .object({ left: z.number(), top: z.number(), width: z.number(), height: z.number() })
        .nullish(),
    }),
  ),
});

type WireAnswer = z.output<typeof answerSchema>;
type WireTag = WireAnswer['predictions'][number];

const tagTypeSchema = z.enum(['Regular', 'Negative', 'GeneralProduct']);

export interface AnswerOptions {
  readonly projectType: 'classify' | 'detect';
  /** Empty: any tag is welcome. */
  readonly expectedTags: readonly string[];
}

/** @param text - the body of a successful answer, as sent. */
export function readAnswer(text: string, options: AnswerOptions): PredictionAnswer {
  const value = parseJson(text);
  if (value === undefined) return bad(problemOfText(text));
  if (value === null) return bad('answer-null');
  if (typeof value === 'string') return bad('answer-text');
  const parsed = answerSchema.safeParse(value);
  if (!parsed.success) return bad('answer-shape');
  const { predictions } = parsed.data;
  // Detection may find nothing; a classifier always says something.
  if (predictions.length === 0 && options.projectType === 'classify') return bad('answer-empty');
  if (!predictions.every(({ probability }) => isConfidence(probability))) {
    return bad('answer-not-a-number');
  }
  return unknownTag(predictions, options.expectedTags) ?? predicted(parsed.data);
}

/** A bare NaN is what a careless serialiser makes of a broken score; JSON knows no such number. */
function problemOfText(text: string): PredictionProblem {
  if (/^\s*</.test(text)) return 'answer-html';
  return /:\s*-?(?:NaN|Infinity)\b/.test(text) ? 'answer-not-a-number' : 'answer-text';
}

function predicted({ id, iteration, predictions }: WireAnswer): PredictionAnswer {
  const tags = predictions.map(tagOf).toSorted(byConfidence);
  const prediction: Prediction = {
    predictionId: id || undefined,
    iterationId: iteration || undefined,
    tags,
  };
  return { kind: 'predicted', prediction };
}

function tagOf({ tagName, tagId, tagType, probability, boundingBox }: WireTag): Tag {
  const known = tagTypeSchema.safeParse(tagType);
  // Exported models carry the type in nothing but the name.
  const type = known.success ? known.data : tagName === 'Negative' ? 'Negative' : undefined;
  return {
    tag: tagName,
    tagId: tagId === '' ? undefined : tagId?.toString(),
    tagType: type,
    confidence: Number(probability),
    box: boundingBox
      ? {
          leftRatio: boundingBox.left,
          topRatio: boundingBox.top,
          widthRatio: boundingBox.width,
          heightRatio: boundingBox.height,
        }
      : undefined,
  };
}

function isConfidence(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function unknownTag(
  predictions: readonly WireTag[],
  expectedTags: readonly string[],
): PredictionAnswer | undefined {
  if (expectedTags.length === 0) return undefined;
  const stranger = predictions.find(({ tagName }) => !expectedTags.includes(tagName));
  if (!stranger) return undefined;
  const detail = 'the model answered a tag that PREDICTION_TAGS does not list';
  return failed({ class: 'misconfigured', code: 'answer-unknown-tag', detail });
}

function bad(problem: PredictionProblem): PredictionAnswer {
  const detail = 'the endpoint answered 200 without a usable prediction';
  return failed({ class: 'transient', code: problem, detail, rejectAs: problem });
}

function failed(failure: Failure): PredictionAnswer {
  return { kind: 'failed', failure };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
