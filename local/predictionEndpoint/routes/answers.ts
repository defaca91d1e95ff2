/** One model's findings in the words of the cloud service, and in those of the exported container. */
import type { Identity } from '../identity.ts';
import { stableId } from '../identity.ts';
import type { Finding } from '../model/findings.ts';

export interface AnswerStamp {
  readonly predictionId: string;
  readonly createdAtMs: number;
}

/** Sorted by probability; `tagType` came with v3.1. */
export function cloudAnswer(
  identity: Identity,
  version: 'v3.0' | 'v3.1',
  findings: readonly Finding[],
  stamp: AnswerStamp,
) {
  const sorted = findings.toSorted((one, other) => other.probability - one.probability);
  return {
    id: stamp.predictionId,
    project: identity.projectId,
    iteration: identity.iterationId,
    created: new Date(stamp.createdAtMs).toISOString(),
    predictions: sorted.map((finding) => cloudPrediction(identity, version, finding)),
  };
}

function cloudPrediction(
  { projectId, labels }: Identity,
  version: 'v3.0' | 'v3.1',
  { labelIndex, probability, box }: Finding,
) {
  const tagName = labels[labelIndex] ?? '';
  return {
    probability,
    tagId: stableId('tag', projectId, tagName),
    tagName,
    ...(box && { boundingBox: box }),
    ...(version === 'v3.1' && { tagType: tagName === 'Negative' ? 'Negative' : 'Regular' }),
  };
}

/** Source: predict.py of the exported container, local-models facts 5, 2026-11-23. */
const leastProbability = 1e-8;

/** Empty ids, a time without its zone, the order of labels.txt. */
export function containerAnswer(
  identity: Identity,
  findings: readonly Finding[],
  stamp: AnswerStamp,
  { dropsTiny }: { readonly dropsTiny: boolean },
) {
  const isDetection = identity.projectType === 'detect';
  const keepsAll = isDetection || !dropsTiny;
  const kept = findings.filter(({ probability }) => keepsAll || probability > leastProbability);
  return {
    id: '',
    project: '',
    iteration: '',
    created: new Date(stamp.createdAtMs).toISOString().replace('Z', '000'),
    predictions: kept.map(({ labelIndex, probability, box }) => ({
      probability: rounded(probability),
      tagId: isDetection ? labelIndex : '',
      tagName: identity.labels[labelIndex] ?? '',
      boundingBox: box
        ? {
            left: rounded(box.left),
            top: rounded(box.top),
            width: rounded(box.width),
            height: rounded(box.height),
          }
        : null,
    })),
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(8));
}
