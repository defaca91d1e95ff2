/** What the demo sends: uploads, pointers to photos, inline photos, and a few that must be refused. */
import { demoPhotos, type SamplePhoto } from '../samples/photoSet.ts';

export interface DemoInput {
  /** Unique; it travels as the device's name and so comes back in the outcome. */
  readonly label: string;
  readonly way: 'upload' | 'pointer' | 'inline' | 'unusable';
  readonly bytes: Buffer;
  readonly batch: string;
  /** What is really on the photo. */
  readonly truth: string;
}

export interface InputOptions {
  readonly uploadCount: number;
  readonly eventCount: number;
  readonly seed: number;
}

/** Of the camera events, every third carries its photo itself. */
const inlineEvery = 3;
/** Every twentieth input can't be used: real senders send such things. */
const unusableEvery = 20;

export async function makeInputs(options: InputOptions): Promise<DemoInput[]> {
  const count = options.uploadCount + options.eventCount;
  const inputs: DemoInput[] = [];
  for await (const photo of demoPhotos({ count, seed: options.seed })) {
    const isUpload = inputs.length < options.uploadCount;
    inputs.push(inputOf(photo, inputs.length, isUpload));
  }
  return inputs;
}

function inputOf({ jpeg, tag }: SamplePhoto, index: number, isUpload: boolean): DemoInput {
  const isUnusable = index % unusableEvery === unusableEvery - 1;
  const way = isUpload ? 'upload' : eventWay(index);
  return {
    label: `${isUpload ? 'phone' : 'cam'}-${String(index + 1).padStart(3, '0')}`,
    way: isUnusable && !isUpload ? 'unusable' : way,
    bytes: isUnusable ? unusableBytes(index, jpeg) : jpeg,
    batch: `B${1 + (index % 4)}`,
    truth: isUnusable ? 'unusable' : tag,
  };
}

function eventWay(index: number): 'pointer' | 'inline' {
  return index % inlineEvery === 0 ? 'inline' : 'pointer';
}

/** A cut upload, a web page under a photo's name: each is told apart. */
function unusableBytes(index: number, jpeg: Buffer): Buffer {
  const isCut = Math.floor(index / unusableEvery) % 2 === 0;
  return isCut
    ? jpeg.subarray(0, Math.floor(jpeg.length / 2))
    : Buffer.from('<!doctype html><title>404</title>');
}
