/**
 * Detectors without training, in the two layouts of real exports: what is red or blue in a cell of
 * the photo is found there, everything else is not.
 */
import { GraphWriter } from '../../../../local/samples/model/onnx/graphWriter.ts';

export const detectorLabels = ['blue', 'red'];

/** How many values a label's score gains for each step of its own colour above green. */
const gain = 0.05;
const threshold = 6;
const cellPx = 32;

export const gridSidePx = 416;
const gridCells = gridSidePx / cellPx;
const anchorCount = 5;

/** General (compact): one output, raw; the caller makes boxes of it. Takes blue first. */
export function gridDetector(layout: 'nchw' | 'nhwc' = 'nchw'): Buffer {
  const graph = new GraphWriter();
  const channels = 5 + detectorLabels.length;
  const data = graph.input('data', [1, 3, gridSidePx, gridSidePx]);
  const weights = new Float32Array(anchorCount * channels * 3);
  const offsets = new Float32Array(anchorCount * channels);
  // Only the first anchor sees anything; the others are sure that there is nothing.
  for (let anchor = 0; anchor < anchorCount; anchor += 1) offsets[anchor * channels + 4] = -20;
  weights.set([gain, -2 * gain, gain], 4 * 3);
  offsets[4] = -threshold;
  weights.set([gain, 0, 0], 5 * 3);
  weights.set([0, 0, gain], 6 * 3);
  const grid = graph.add('Conv', [
    cellMeans(graph, data),
    graph.weights([anchorCount * channels, 3, 1, 1], weights),
    graph.weights([anchorCount * channels], offsets),
  ]);
  const dims = [1, anchorCount * channels, gridCells, gridCells];
  if (layout === 'nchw') graph.output('model_outputs0', grid, dims);
  else {
    const turned = graph.add('Transpose', [grid], { perm: [0, 2, 3, 1] });
    graph.output('model_outputs0', turned, [1, gridCells, gridCells, anchorCount * channels]);
  }
  return graph.bytes('grid-detector');
}

export const chosenSidePx = 320;
const chosenCells = chosenSidePx / cellPx;

/** General (compact) [S1]: boxes chosen inside the graph. Takes red first. */
export function choosingDetector(hasBatchAxis = true): Buffer {
  const graph = new GraphWriter();
  const data = graph.input('image_tensor', [1, 3, chosenSidePx, chosenSidePx]);
  const weights = Float32Array.of(0, -gain, gain, gain, -gain, 0);
  const logits = graph.add('Conv', [
    cellMeans(graph, data),
    graph.weights([2, 3, 1, 1], weights),
    graph.weights([2], Float32Array.of(-threshold, -threshold)),
  ]);
  const boxCount = chosenCells ** 2;
  const scores = graph.add('Reshape', [
    graph.add('Sigmoid', [logits]),
    graph.integers(1, 2, boxCount),
  ]);
  const chosen = graph.add('NonMaxSuppression', [
    graph.weights([1, boxCount, 4], cellBoxes('topFirst')),
    scores,
    graph.integers(64),
    graph.weights([1], Float32Array.of(0.5)),
    graph.weights([1], Float32Array.of(0.1)),
  ]);
  const column = (index: number) =>
    graph.add('Squeeze', [
      graph.add('Gather', [chosen, graph.integers(index)], { axis: 1 }),
      graph.integers(1),
    ]);
  const shaped = (value: string) =>
    hasBatchAxis ? graph.add('Unsqueeze', [value, graph.integers(0)]) : value;
  const boxes = graph.weights([boxCount, 4], cellBoxes('leftFirst'));
  graph.output('detected_boxes', shaped(graph.add('Gather', [boxes, column(2)], { axis: 0 })));
  graph.output('detected_classes', shaped(column(1)), undefined, 'int64');
  graph.output('detected_scores', shaped(graph.add('GatherND', [scores, chosen])));
  return graph.bytes('choosing-detector');
}

function cellMeans(graph: GraphWriter, data: string): string {
  const square = [cellPx, cellPx];
  return graph.add('AveragePool', [data], { kernel_shape: square, strides: square });
}

/** Each cell of the grid as a box, the way the suppression takes it or the way answers have it. */
function cellBoxes(order: 'topFirst' | 'leftFirst'): Float32Array {
  const boxes = new Float32Array(chosenCells ** 2 * 4);
  for (let row = 0; row < chosenCells; row += 1) {
    for (let column = 0; column < chosenCells; column += 1) {
      const [first, second] = order === 'topFirst' ? [row, column] : [column, row];
      const corners = [first, second, first + 1, second + 1].map((each) => each / chosenCells);
      boxes.set(corners, (row * chosenCells + column) * 4);
    }
  }
  return boxes;
}
