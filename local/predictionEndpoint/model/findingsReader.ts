/**
 * From a network's outputs to findings. Three layouts are known: probabilities of a classifier, the
 * raw YOLO grid of General (compact) detection, and the boxes of General (compact) [S1], whose graph
 * has chosen among them already.
 * Source: exports and their scripts, local-models facts 3.1, 2026-11-23.
 */
import type { Box, Finding } from './findings.ts';
import { suppressed } from './suppression.ts';

export interface OutputTensor {
  readonly values: readonly number[];
  readonly dims: readonly number[];
}

export type Outputs = ReadonlyMap<string, OutputTensor>;

export interface DetectionSettings {
  /** Width and height of each prior box, in cells. */
  readonly anchors: readonly (readonly [number, number])[];
  /** Overlap of two boxes of one tag from which the less sure one goes. */
  readonly overlapRatio: number;
}

/** Source: object detection script of exports, local-models facts 3.1 and 3.3, 2026-11-23. */
export const defaultDetection: DetectionSettings = {
  anchors: [
    [0.573, 0.677],
    [1.87, 2.06],
    [3.34, 5.47],
    [7.88, 3.53],
    [9.77, 9.17],
  ],
  overlapRatio: 0.45,
};

const leastConfidence = 0.01;
const maxBoxCount = 64;

/** @throws Error where the outputs are of no known layout, or not for so many labels. */
export function classesFrom(outputs: Outputs, labelCount: number): readonly Finding[] {
  const [first] = outputs.values();
  const probabilities = first?.values ?? [];
  if (probabilities.length !== labelCount) {
    throw new Error(
      `the model answers ${probabilities.length} probabilities for ${labelCount} labels`,
    );
  }
  return probabilities.map((probability, labelIndex) => ({ labelIndex, probability }));
}

/** @throws Error where the outputs are of no known layout, or not for so many labels. */
export function boxesFrom(
  outputs: Outputs,
  labelCount: number,
  settings: DetectionSettings,
): readonly Finding[] {
  const boxes = outputs.get('detected_boxes');
  if (boxes) return chosenBoxes(outputs, boxes);
  const [first] = outputs.values();
  if (!first) throw new Error('the model answers no boxes');
  return suppressed(gridBoxes(first, labelCount, settings), {
    overlapRatio: settings.overlapRatio,
    maxCount: maxBoxCount,
  });
}

/** With or without a leading batch axis: the values are the same. */
function chosenBoxes(outputs: Outputs, { values }: OutputTensor): readonly Finding[] {
  const scores = outputs.get('detected_scores')?.values ?? [];
  const classes = outputs.get('detected_classes')?.values ?? [];
  return scores.map((probability, index) => {
    const [left = 0, top = 0, right = 0, bottom = 0] = values.slice(index * 4, index * 4 + 4);
    const box = { left, top, width: right - left, height: bottom - top };
    return { labelIndex: classes[index] ?? 0, probability, box };
  });
}

interface Grid {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly at: (channel: number, row: number, column: number) => number;
}

/** Per anchor: x, y, width, height, objectness, and one score a label. */
const channelsBeforeLabels = 5;

function gridBoxes(
  tensor: OutputTensor,
  labelCount: number,
  { anchors }: DetectionSettings,
): Finding[] {
  const channelCount = channelsBeforeLabels + labelCount;
  const grid = gridOf(tensor, anchors.length * channelCount, labelCount);
  const found: Finding[] = [];
  for (let row = 0; row < grid.rowCount; row += 1) {
    for (let column = 0; column < grid.columnCount; column += 1) {
      anchors.forEach((anchor, index) => {
        const read = (offset: number) => grid.at(index * channelCount + offset, row, column);
        const box = boxOf(grid, { row, column, anchor, read });
        found.push(...labelled(read, labelCount, box));
      });
    }
  }
  return found;
}

function gridOf({ values, dims }: OutputTensor, channelCount: number, labelCount: number): Grid {
  const [, second = 0, third = 0, fourth = 0] = dims;
  if (dims.length === 4 && second === channelCount) {
    const at = (channel: number, row: number, column: number) =>
      values[(channel * third + row) * fourth + column] ?? 0;
    return { rowCount: third, columnCount: fourth, at };
  }
  if (dims.length === 4 && fourth === channelCount) {
    const at = (channel: number, row: number, column: number) =>
      values[(row * third + column) * channelCount + channel] ?? 0;
    return { rowCount: second, columnCount: third, at };
  }
  throw new Error(
    `the model answers [${dims.join(', ')}], no grid of boxes for ${labelCount} labels`,
  );
}

interface Cell {
  readonly row: number;
  readonly column: number;
  readonly anchor: readonly [number, number];
  readonly read: (offset: number) => number;
}

function boxOf({ rowCount, columnCount }: Grid, { row, column, anchor, read }: Cell): Box {
  const width = (Math.exp(read(2)) * anchor[0]) / columnCount;
  const height = (Math.exp(read(3)) * anchor[1]) / rowCount;
  const left = (sigmoid(read(0)) + column) / columnCount - width / 2;
  const top = (sigmoid(read(1)) + row) / rowCount - height / 2;
  return { left, top, width, height };
}

function labelled(read: Cell['read'], labelCount: number, box: Box): Finding[] {
  const objectness = sigmoid(read(4));
  if (objectness < leastConfidence) return [];
  const scores = Array.from({ length: labelCount }, (_, each) => read(channelsBeforeLabels + each));
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers
    .map((power, labelIndex) => ({ labelIndex, probability: (objectness * power) / sum, box }))
    .filter(({ probability }) => probability >= leastConfidence);
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
