/** No model: the same answer for every photo, at once. For benches and tests. */
import type { Finding, Scorer } from './findings.ts';

const firstProbability = 0.9;
const centreBox = { left: 0.25, top: 0.25, width: 0.5, height: 0.5 };

export function fixedScorer(projectType: 'classify' | 'detect', labels: readonly string[]): Scorer {
  const findings = projectType === 'detect' ? [oneBox] : fixedClasses(labels.length);
  return {
    runtime: 'fixed',
    labels,
    async score() {
      return { kind: 'scored', findings };
    },
    async stop() {},
  };
}

const oneBox: Finding = { labelIndex: 0, probability: firstProbability, box: centreBox };

/** The first label wins, the others share what is left evenly. */
export function fixedClasses(labelCount: number): readonly Finding[] {
  const restProbability = (1 - firstProbability) / Math.max(1, labelCount - 1);
  return Array.from({ length: labelCount }, (_, labelIndex) => ({
    labelIndex,
    probability: labelIndex === 0 ? firstProbability : restProbability,
  }));
}
