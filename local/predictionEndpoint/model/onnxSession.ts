/**
 * An ONNX network on whichever runtime is there. Both block the thread they run on, which is why
 * they live in a worker.
 */
import type { InferenceSession, InferenceSessionFactory, Tensor } from 'onnxruntime-web';
import type { Outputs } from './findingsReader.ts';
import type { InputShape } from './pixels.ts';

export type Runtime = 'native' | 'wasm';

export interface OnnxSession {
  readonly runtime: Runtime;
  readonly inputName: string;
  readonly inputShape: InputShape;
  /** Every output that is a tensor of numbers, in the graph's order. */
  run(values: Float32Array): Promise<Outputs>;
  release(): Promise<void>;
}

interface Ort {
  readonly runtime: Runtime;
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: new (type: 'float32', values: Float32Array, dims: readonly number[]) => Tensor;
}

/** @param wanted - `auto` takes the native runtime where its package is installed. */
export async function onnxSession(
  model: Uint8Array,
  wanted: Runtime | 'auto',
): Promise<OnnxSession> {
  const ort = await loadOrt(wanted);
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const { name: inputName, shape: inputShape } = inputOf(session);
  const outputNames = outputNamesOf(session);
  const dims = dimsOf(inputShape);
  return {
    runtime: ort.runtime,
    inputName,
    inputShape,
    async run(values) {
      const feeds = { [inputName]: new ort.Tensor('float32', values, dims) };
      const tensors = await session.run(feeds, outputNames);
      return new Map(outputNames.map((name) => [name, numbersOf(tensors[name])]));
    },
    release: () => session.release(),
  };
}

async function loadOrt(wanted: Runtime | 'auto'): Promise<Ort> {
  if (wanted === 'native') return nativeOrt();
  if (wanted === 'wasm') return wasmOrt();
  // An optional dependency: absent on some platforms without a word from npm.
  return nativeOrt().catch(wasmOrt);
}

async function nativeOrt(): Promise<Ort> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  return { runtime: 'native', InferenceSession, Tensor };
}

async function wasmOrt(): Promise<Ort> {
  const { env, InferenceSession, Tensor } = await import('onnxruntime-web');
  env.wasm.numThreads = 1;
  return { runtime: 'wasm', InferenceSession, Tensor };
}

function inputOf(session: InferenceSession): { name: string; shape: InputShape } {
  const [input, ...others] = session.inputMetadata;
  if (!input?.isTensor || others.length > 0) throw new Error('the model needs one tensor as input');
  if (input.type !== 'float32') throw new Error(`the model's input is ${input.type}, not float32`);
  return { name: input.name, shape: shapeOf(input.shape) };
}

function shapeOf(shape: readonly (number | string)[]): InputShape {
  const [, second, third, fourth] = shape;
  const [layout, heightPx, widthPx] =
    second === 3 ? (['nchw', third, fourth] as const) : (['nhwc', second, third] as const);
  const isImage = second === 3 || fourth === 3;
  if (
    shape.length !== 4 ||
    !isImage ||
    typeof heightPx !== 'number' ||
    typeof widthPx !== 'number'
  ) {
    throw new Error(`the model's input is no image of a fixed size: [${shape.join(', ')}]`);
  }
  return { layout, heightPx, widthPx };
}

function dimsOf({ layout, heightPx, widthPx }: InputShape): readonly number[] {
  return layout === 'nchw' ? [1, 3, heightPx, widthPx] : [1, heightPx, widthPx, 3];
}

const numberTypes: ReadonlySet<string> = new Set(['float32', 'int64', 'int32']);

function outputNamesOf(session: InferenceSession): readonly string[] {
  const outputs = session.outputMetadata.filter(
    (each) => each.isTensor && numberTypes.has(each.type),
  );
  if (outputs.length > 0) return outputs.map(({ name }) => name);
  throw new Error('the model answers no tensor of numbers');
}

function numbersOf(tensor: Tensor | undefined) {
  // Classes come as 64-bit integers, which neither arithmetic nor JSON mixes with numbers.
  const values = Array.from(tensor?.data ?? [], Number);
  return { values, dims: tensor?.dims ?? [] };
}
