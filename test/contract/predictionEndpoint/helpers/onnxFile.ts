/** A tiny classifier as ONNX bytes: mean of each channel, one linear layer, softmax. */
const wire = { varint: 0, bytes: 2 };
const elementFloat = 1;
const attributeInt = 2;
const attributeInts = 7;

export interface TinyModel {
  readonly sidePx: number;
  /** Per input channel, one weight per label. */
  readonly weights: readonly (readonly number[])[];
}

export function onnxFile({ sidePx, weights }: TinyModel): Buffer {
  const labelCount = weights[0]?.length ?? 0;
  const graph = Buffer.concat([
    field(1, node('ReduceMean', ['data'], 'means', [intsOf('axes', [2, 3]), intOf('keepdims', 0)])),
    field(1, node('Gemm', ['means', 'weights'], 'logits', [])),
    field(1, node('Softmax', ['logits'], 'model_output', [intOf('axis', 1)])),
    field(2, Buffer.from('tiny')),
    field(5, tensor('weights', [weights.length, labelCount], weights.flat())),
    field(11, valueInfo('data', [1, weights.length, sidePx, sidePx])),
    field(12, valueInfo('model_output', [1, labelCount])),
  ]);
  const opset = number(2, 13);
  return Buffer.concat([number(1, 7), field(7, graph), field(8, opset)]);
}

function node(op: string, inputs: readonly string[], output: string, attributes: Buffer[]): Buffer {
  return Buffer.concat([
    ...inputs.map((input) => field(1, Buffer.from(input))),
    field(2, Buffer.from(output)),
    field(4, Buffer.from(op)),
    ...attributes.map((attribute) => field(5, attribute)),
  ]);
}

function intOf(name: string, value: number): Buffer {
  return Buffer.concat([field(1, Buffer.from(name)), number(3, value), number(20, attributeInt)]);
}

function intsOf(name: string, values: readonly number[]): Buffer {
  const ints = values.map((value) => number(8, value));
  return Buffer.concat([field(1, Buffer.from(name)), ...ints, number(20, attributeInts)]);
}

function tensor(name: string, dims: readonly number[], values: readonly number[]): Buffer {
  const raw = Buffer.from(new Float32Array(values).buffer);
  return Buffer.concat([
    ...dims.map((dim) => number(1, dim)),
    number(2, elementFloat),
    field(8, Buffer.from(name)),
    field(9, raw),
  ]);
}

function valueInfo(name: string, dims: readonly number[]): Buffer {
  const shape = Buffer.concat(dims.map((dim) => field(1, number(1, dim))));
  const tensorType = Buffer.concat([number(1, elementFloat), field(2, shape)]);
  return Buffer.concat([field(1, Buffer.from(name)), field(2, field(1, tensorType))]);
}

function field(fieldNumber: number, content: Buffer): Buffer {
  return Buffer.concat([varint((fieldNumber << 3) | wire.bytes), varint(content.length), content]);
}

function number(fieldNumber: number, value: number): Buffer {
  return Buffer.concat([varint((fieldNumber << 3) | wire.varint), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}
