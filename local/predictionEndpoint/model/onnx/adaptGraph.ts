/**
 * Makes an export fit for the JavaScript runtimes, which can't fetch maps and stumble over float16:
 * a `ZipMap` at the end is cut off, so that the tensor in front of it comes out; float16 inputs and
 * outputs get a cast to float32. All other bytes stay as they are.
 * Source: onnx/onnx, onnx.proto3, 2026-11-24; traps measured, local-models facts 4, 2026-11-23.
 */
import { bytesField, integerField, textField } from '../../../samples/model/onnx/wireFormat.ts';
import { bytesOf, readFields, textOf, valueOf, type WireField } from './wireReader.ts';

export interface AdaptedGraph {
  readonly model: Buffer;
  /** Those of the `ZipMap`: older exports have no other list. */
  readonly labels: readonly string[] | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

const modelField = { graph: 7, opset: 8, metadata: 14 };
const graphField = { node: 1, initializer: 5, input: 11, output: 12 };
const elementType = { float32: 1, float16: 10 };

/** The oldest that both runtimes still run. */
const oldestOpset = 7;

/** @throws Error where the file is damaged, or too old to run. */
export function adaptGraph(file: Buffer): AdaptedGraph {
  const model = readFields(file);
  checkAge(model);
  const graph = readFields(bytesOf(model, modelField.graph));
  const zipMap = graph.find(isZipMap);
  const changed = withFloat32(zipMap ? withoutZipMap(graph, zipMap) : graph);
  return {
    model: changed === graph ? file : withGraph(model, changed),
    labels: zipMap && labelsOf(zipMap),
    metadata: metadataOf(model),
  };
}

function checkAge(model: readonly WireField[]): void {
  for (const { field, bytes } of model) {
    if (field !== modelField.opset) continue;
    const [domain, version] = [textOf(readFields(bytes), 1), valueOf(readFields(bytes), 2) ?? 0];
    if (domain === '' && version < oldestOpset) {
      throw new Error('the model is an export of 2018 (ONNX 1.0): export it as ONNX 1.2 or later');
    }
  }
}

function metadataOf(model: readonly WireField[]): Readonly<Record<string, string>> {
  const entries = model.filter(({ field }) => field === modelField.metadata);
  return Object.fromEntries(
    entries.map(({ bytes }) => [textOf(readFields(bytes), 1), textOf(readFields(bytes), 2)]),
  );
}

function withGraph(model: readonly WireField[], graph: readonly WireField[]): Buffer {
  const content = graph.map(({ whole }) => whole);
  return Buffer.concat(
    model.map(({ field, whole }) =>
      field === modelField.graph ? bytesField(modelField.graph, ...content) : whole,
    ),
  );
}

/** The fields of a node, by what they mean. */
const nodeField = { input: 1, output: 2, operator: 4, attribute: 5 };

function isZipMap({ field, bytes }: WireField): boolean {
  return field === graphField.node && textOf(readFields(bytes), nodeField.operator) === 'ZipMap';
}

/** The labels' own field of an attribute. */
const stringsField = 9;

function labelsOf({ bytes }: WireField): readonly string[] | undefined {
  const attributes = readFields(bytes).filter(({ field }) => field === nodeField.attribute);
  const labels = attributes
    .map((attribute) => readFields(attribute.bytes))
    .find((fields) => textOf(fields, 1) === 'classlabels_strings');
  return labels
    ?.filter(({ field }) => field === stringsField)
    .map((each) => each.bytes.toString('utf8'));
}

function withoutZipMap(graph: readonly WireField[], zipMap: WireField): readonly WireField[] {
  const node = readFields(zipMap.bytes);
  const [tensorName, mapName] = [textOf(node, nodeField.input), textOf(node, nodeField.output)];
  return graph
    .filter((each) => each !== zipMap)
    .map((each) => {
      const isMap =
        each.field === graphField.output && textOf(readFields(each.bytes), 1) === mapName;
      return isMap ? tensorOutput(tensorName) : each;
    });
}

function tensorOutput(name: string): WireField {
  const type = bytesField(2, bytesField(1, integerField(1, elementType.float32)));
  return written(graphField.output, textField(1, name), type);
}

function written(field: number, ...content: readonly Buffer[]): WireField {
  const bytes = Buffer.concat(content);
  return { field, bytes, value: 0, whole: bytesField(field, bytes) };
}

function withFloat32(graph: readonly WireField[]): readonly WireField[] {
  const constants = new Set(
    graph
      .filter(({ field }) => field === graphField.initializer)
      .map(({ bytes }) => textOf(readFields(bytes), 8)),
  );
  const ends = graph.filter(
    (each) =>
      (each.field === graphField.input || each.field === graphField.output) &&
      elementTypeOf(each) === elementType.float16 &&
      !constants.has(textOf(readFields(each.bytes), 1)),
  );
  if (ends.length === 0) return graph;
  const casts = ends.map(castFor);
  // Nodes come in the order in which they can run: what casts an input goes in front.
  return [
    ...casts.filter((_, index) => ends[index]?.field === graphField.input),
    ...graph.map((each) => (ends.includes(each) ? asFloat32(each) : each)),
    ...casts.filter((_, index) => ends[index]?.field === graphField.output),
  ];
}

function elementTypeOf(end: WireField): number | undefined {
  const type = readFields(bytesOf(readFields(end.bytes), 2));
  return valueOf(readFields(bytesOf(type, 1)), 1);
}

const float32Name = (name: string) => `${name}__float32`;

/** The same end of the graph under another name and as float32, its shape kept. */
function asFloat32(end: WireField): WireField {
  const fields = readFields(end.bytes);
  const tensor = readFields(bytesOf(readFields(bytesOf(fields, 2)), 1));
  const shape = tensor.filter(({ field }) => field === 2).map(({ whole }) => whole);
  const type = bytesField(1, integerField(1, elementType.float32), ...shape);
  return written(end.field, textField(1, float32Name(textOf(fields, 1))), bytesField(2, type));
}

function castFor(end: WireField): WireField {
  const name = textOf(readFields(end.bytes), 1);
  const isInput = end.field === graphField.input;
  const [from, to] = isInput ? [float32Name(name), name] : [name, float32Name(name)];
  const target = isInput ? elementType.float16 : elementType.float32;
  const integerAttribute = 2;
  const attribute = [
    textField(1, 'to'),
    integerField(3, target),
    integerField(20, integerAttribute),
  ];
  return written(
    graphField.node,
    textField(nodeField.input, from),
    textField(nodeField.output, to),
    textField(nodeField.operator, 'Cast'),
    bytesField(nodeField.attribute, ...attribute),
  );
}
