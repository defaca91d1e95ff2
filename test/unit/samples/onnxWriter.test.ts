import { InferenceSession, Tensor } from 'onnxruntime-web';
import { expect, it } from 'vitest';
import { exportedGraph } from '../../../local/samples/model/exportedGraph.ts';
import { GraphWriter } from '../../../local/samples/model/onnx/graphWriter.ts';
import {
  bytesField,
  integerField,
  textField,
} from '../../../local/samples/model/onnx/wireFormat.ts';
import {
  initialWeights,
  packWeights,
  unpackWeights,
} from '../../../local/samples/model/weights.ts';
import { randomStream } from '../../../local/samples/render/random.ts';

it('writes fields as the protocol-buffer encoding has them', () => {
  // Source: Encoding, protobuf.dev, its examples for 150 and "testing", 2026-11-24.
  expect([...integerField(1, 150)]).toEqual([0x08, 0x96, 0x01]);
  expect(textField(2, 'testing').toString('hex')).toBe('120774657374696e67');
  expect([...bytesField(3, integerField(1, 150))]).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01]);
});

it('writes a graph a runtime reads back and runs', async () => {
  const graph = new GraphWriter();
  const left = graph.input('left', ['rows', 2]);
  const product = graph.add('MatMul', [left, graph.weights([2, 1], Float32Array.of(3, 5))]);
  const raised = graph.add('Add', [product, graph.float(0.5)]);
  graph.output('row', graph.add('Reshape', [raised, graph.integers(1, -1)]), [1, 'columns']);

  const session = await InferenceSession.create(graph.bytes('test', { key: 'value' }));
  const outputs = await session.run({ left: new Tensor('float32', [1, 2, 3, 4], [2, 2]) });

  expect(session.inputMetadata).toMatchObject([{ name: 'left', shape: ['rows', 2] }]);
  expect(outputs['row']?.dims).toEqual([1, 2]);
  expect([...(await dataOf(outputs['row']))]).toEqual([13.5, 29.5]);
});

it('names in the exported graph what applications look for in an export', async () => {
  const model = exportedGraph(initialWeights(randomStream(1)), 1);

  const session = await InferenceSession.create(model);

  expect(session.inputMetadata).toMatchObject([{ name: 'data', shape: [1, 3, 224, 224] }]);
  expect(session.outputMetadata).toMatchObject([{ name: 'model_output', shape: [1, 6] }]);
  expect(model.includes('Image.BitmapPixelFormat')).toBe(true);
});

it('gets the weights back from a checkpoint', () => {
  const weights = initialWeights(randomStream(1));

  const restored = unpackWeights(packWeights(weights), initialWeights(randomStream(2)));

  expect(restored).toEqual(weights);
});

it('refuses a checkpoint of another network', () => {
  const weights = initialWeights(randomStream(1));

  expect(() => unpackWeights(new Uint8Array(8), weights)).toThrow('another network');
});

async function dataOf(tensor: Tensor | undefined): Promise<Float32Array> {
  const data = await tensor?.getData();
  if (data instanceof Float32Array) return data;
  throw new Error('no float32 tensor');
}
