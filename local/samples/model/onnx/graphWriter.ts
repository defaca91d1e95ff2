/**
 * Writes an ONNX graph operator by operator. Values are known by name; the numbers beside the
 * fields are those of onnx.proto.
 * Source: onnx/onnx, onnx.proto3, 2026-11-24.
 */
import { bytesField, integerField, textField } from './wireFormat.ts';

export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;
/** A text stands for a size that is known only at run time. */
export type Shape = readonly (number | string)[];

const elementType = { float32: 1, int64: 7 };
type ElementType = keyof typeof elementType;
const attributeType = { integer: 2, text: 3, integers: 7 };
const irVersion = 7;
const opsetVersion = 13;

export class GraphWriter {
  readonly #nodes: Buffer[] = [];
  readonly #tensors: Buffer[] = [];
  readonly #inputs: Buffer[] = [];
  readonly #outputs: Buffer[] = [];
  readonly #constants = new Map<string, string>();
  #nameCount = 0;

  /** @returns the name of the operator's output. */
  add(operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = this.#freshName();
    this.#addNode(operator, inputs, output, attributes);
    return output;
  }

  input(name: string, shape: Shape): string {
    this.#inputs.push(valueInfo(11, name, shape));
    return name;
  }

  /** Makes a value an output of the graph under a name of its own. */
  output(name: string, value: string, shape?: Shape, type: ElementType = 'float32'): void {
    this.#addNode('Identity', [value], name, {});
    this.#outputs.push(valueInfo(12, name, shape, type));
  }

  weights(dims: readonly number[], values: Float32Array): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.#tensor(dims, elementType.float32, bytes);
  }

  float(value: number): string {
    return this.#constant(`float ${value}`, () => this.weights([], Float32Array.of(value)));
  }

  /** A list of int64, as the shape and axes inputs of operators take it. */
  integers(...values: readonly number[]): string {
    return this.#constant(`integers ${values.join(' ')}`, () => {
      const wide = BigInt64Array.from(values, BigInt);
      return this.#tensor([values.length], elementType.int64, new Uint8Array(wide.buffer));
    });
  }

  bytes(graphName: string, metadata: Readonly<Record<string, string>> = {}): Buffer {
    const parts = [...this.#nodes, textField(2, graphName), ...this.#tensors];
    const properties = Object.entries(metadata).map(([key, value]) =>
      bytesField(14, textField(1, key), textField(2, value)),
    );
    return Buffer.concat([
      integerField(1, irVersion),
      textField(2, 'sightglass'),
      bytesField(7, ...parts, ...this.#inputs, ...this.#outputs),
      bytesField(8, textField(1, ''), integerField(2, opsetVersion)),
      ...properties,
    ]);
  }

  #addNode(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Attributes,
  ): void {
    const fields = [
      ...inputs.map((input) => textField(1, input)),
      textField(2, output),
      textField(4, operator),
      ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    ];
    this.#nodes.push(bytesField(1, ...fields));
  }

  #tensor(dims: readonly number[], type: number, bytes: Uint8Array): string {
    const name = this.#freshName();
    const shape = dims.map((size) => integerField(1, size));
    this.#tensors.push(
      bytesField(5, ...shape, integerField(2, type), textField(8, name), bytesField(9, bytes)),
    );
    return name;
  }

  #constant(key: string, write: () => string): string {
    const name = this.#constants.get(key) ?? write();
    this.#constants.set(key, name);
    return name;
  }

  #freshName(): string {
    this.#nameCount += 1;
    return `v${this.#nameCount}`;
  }
}

function attribute(name: string, value: number | string | readonly number[]): Buffer {
  return bytesField(5, textField(1, name), ...attributeValue(value));
}

function attributeValue(value: number | string | readonly number[]): Buffer[] {
  if (typeof value === 'number') {
    return [integerField(3, value), integerField(20, attributeType.integer)];
  }
  if (typeof value === 'string') {
    return [textField(4, value), integerField(20, attributeType.text)];
  }
  const items = value.map((each) => integerField(8, each));
  return [...items, integerField(20, attributeType.integers)];
}

function valueInfo(
  field: number,
  name: string,
  shape?: Shape,
  type: ElementType = 'float32',
): Buffer {
  const dims = shape?.map((size) =>
    bytesField(1, typeof size === 'string' ? textField(2, size) : integerField(1, size)),
  );
  const shapeField = dims ? [bytesField(2, ...dims)] : [];
  const tensorType = bytesField(1, integerField(1, elementType[type]), ...shapeField);
  return bytesField(field, textField(1, name), bytesField(2, tensorType));
}
