/** A tiny classifier as ONNX bytes: mean of each channel, one linear layer, softmax. */
import {
  bytesField,
  integerField,
  textField,
} from '../../../../local/samples/model/onnx/wireFormat.ts';

const elementType = { float32: 1, string: 8, float16: 10 };
const attributeType = { integer: 2, integers: 7, strings: 8 };

export interface TinyModel {
  readonly sidePx: number;
  /** Per input channel, one weight per label. */
  readonly weights: readonly (readonly number[])[];
  /** Ends in a map from these labels to their probabilities, as exports of 2018 do. */
  readonly zipMapLabels?: readonly string[];
  /** What goes in and comes out. */
  readonly element?: 'float32' | 'float16';
  readonly opsetVersion?: number;
  /** Of the model file itself. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export function onnxFile(model: TinyModel): Buffer {
  const { opsetVersion = 13, metadata = {} } = model;
  const properties = Object.entries(metadata).map(([key, value]) =>
    bytesField(14, textField(1, key), textField(2, value)),
  );
  return Buffer.concat([
    integerField(1, 7),
    bytesField(7, graphOf(model)),
    bytesField(8, textField(1, ''), integerField(2, opsetVersion)),
    bytesField(8, textField(1, 'ai.onnx.ml'), integerField(2, 1)),
    ...properties,
  ]);
}

function graphOf(model: TinyModel): Buffer {
  const { sidePx, weights, element = 'float32' } = model;
  const labelCount = weights[0]?.length ?? 0;
  const wide = element === 'float16' ? node('Cast', ['data'], 'wide', [intOf('to', 1)]) : undefined;
  return Buffer.concat([
    ...(wide ? [wide] : []),
    node('ReduceMean', [wide ? 'wide' : 'data'], 'means', [
      intsOf('axes', [2, 3]),
      intOf('keepdims', 0),
    ]),
    node('Gemm', ['means', 'weights'], 'logits', []),
    node('Softmax', ['logits'], 'scores', [intOf('axis', 1)]),
    textField(2, 'tiny'),
    tensor('weights', [weights.length, labelCount], weights.flat()),
    valueInfo(11, 'data', [1, weights.length, sidePx, sidePx], elementType[element]),
    endOf(model, labelCount),
  ]);
}

/** What stands behind the scores, and the output it makes of them. */
function endOf({ zipMapLabels, element = 'float32' }: TinyModel, labelCount: number): Buffer {
  if (zipMapLabels) return Buffer.concat([zipMap('scores', zipMapLabels), mapsOutput()]);
  const type = elementType[element];
  return Buffer.concat([
    node('Cast', ['scores'], 'model_output', [intOf('to', type)]),
    valueInfo(12, 'model_output', [1, labelCount], type),
  ]);
}

function node(op: string, inputs: readonly string[], output: string, attributes: Buffer[]): Buffer {
  const domain = op === 'ZipMap' ? [textField(7, 'ai.onnx.ml')] : [];
  return bytesField(
    1,
    ...inputs.map((input) => textField(1, input)),
    textField(2, output),
    textField(4, op),
    ...attributes.map((attribute) => bytesField(5, attribute)),
    ...domain,
  );
}

function zipMap(scores: string, labels: readonly string[]): Buffer {
  const strings = labels.map((label) => textField(9, label));
  const attribute = [
    textField(1, 'classlabels_strings'),
    ...strings,
    integerField(20, attributeType.strings),
  ];
  return node('ZipMap', [scores], 'loss', [Buffer.concat(attribute)]);
}

/** A sequence of maps from text to number. */
function mapsOutput(): Buffer {
  const number = bytesField(1, integerField(1, elementType.float32));
  const map = bytesField(5, integerField(1, elementType.string), bytesField(2, number));
  return bytesField(12, textField(1, 'loss'), bytesField(2, bytesField(4, bytesField(1, map))));
}

function intOf(name: string, value: number): Buffer {
  return Buffer.concat([
    textField(1, name),
    integerField(3, value),
    integerField(20, attributeType.integer),
  ]);
}

function intsOf(name: string, values: readonly number[]): Buffer {
  const ints = values.map((value) => integerField(8, value));
  return Buffer.concat([textField(1, name), ...ints, integerField(20, attributeType.integers)]);
}

function tensor(name: string, dims: readonly number[], values: readonly number[]): Buffer {
  const raw = new Uint8Array(new Float32Array(values).buffer);
  const shape = dims.map((dim) => integerField(1, dim));
  return bytesField(
    5,
    ...shape,
    integerField(2, elementType.float32),
    textField(8, name),
    bytesField(9, raw),
  );
}

function valueInfo(field: number, name: string, dims: readonly number[], type: number): Buffer {
  const shape = bytesField(2, ...dims.map((dim) => bytesField(1, integerField(1, dim))));
  const tensorType = bytesField(1, integerField(1, type), shape);
  return bytesField(field, textField(1, name), bytesField(2, tensorType));
}
