/** From all tags to one decision: which tag wins, how sure, and whether a person must look. */
import { byConfidence, type Tag } from './prediction.ts';

export interface Decision {
  /** `none` when nothing but the negative tag, or nothing at all, was seen. */
  readonly tag: string;
  /** Fraction in [0, 1]. */
  readonly confidence: number;
  /** Fraction in [0, 1]: below it the decision is uncertain. */
  readonly thresholdConfidence: number;
  readonly isUncertain: boolean;
}

const noTag = 'none';

/**
 * The negative tag is a vote like the others and wins as `none`: a confident "nothing of ours" is
 * as sure a decision as any.
 */
export function decide(tags: readonly Tag[], thresholdConfidence: number): Decision {
  const winner = tags.toSorted(byConfidence)[0];
  const confidence = winner?.confidence ?? 0;
  const isNegative = winner === undefined || winner.tagType === 'Negative';
  return {
    tag: isNegative ? noTag : winner.tag,
    confidence,
    thresholdConfidence,
    isUncertain: confidence < thresholdConfidence,
  };
}
