/** Non-maximum suppression: of boxes of one tag that overlap, the surest one stays. */
import type { Box, Finding } from './findings.ts';

export interface SuppressionRule {
  /** Intersection over union, in [0, 1]. */
  readonly overlapRatio: number;
  readonly maxCount: number;
}

/** @returns the surest first. */
export function suppressed(
  findings: readonly Finding[],
  { overlapRatio, maxCount }: SuppressionRule,
): readonly Finding[] {
  const kept: Finding[] = [];
  for (const finding of findings.toSorted((one, other) => other.probability - one.probability)) {
    const isCovered = kept.some(
      (each) => each.labelIndex === finding.labelIndex && overlap(each, finding) > overlapRatio,
    );
    if (!isCovered) kept.push(finding);
    if (kept.length === maxCount) break;
  }
  return kept;
}

function overlap({ box: one }: Finding, { box: other }: Finding): number {
  if (!one || !other) return 0;
  const shared = sharedArea(one, other);
  return shared / (one.width * one.height + other.width * other.height - shared);
}

function sharedArea(one: Box, other: Box): number {
  const width =
    Math.min(one.left + one.width, other.left + other.width) - Math.max(one.left, other.left);
  const height =
    Math.min(one.top + one.height, other.top + other.height) - Math.max(one.top, other.top);
  return Math.max(0, width) * Math.max(0, height);
}
