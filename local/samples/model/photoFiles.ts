/**
 * Rendered sets on disk, scaled to the model's input: `<set>.<part>.rgb` holds the pixels of photo
 * after photo, `<set>.<part>.mask` where their defects are, `<set>.<part>.json` the truth. A set
 * may be rendered in parts, by several processes at a time.
 */
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { samplePhoto } from '../photoSet.ts';
import { type RandomStream, randomStream } from '../render/random.ts';
import { maskGridSize } from '../render/renderScene.ts';
import { type Tag, tags } from '../tags.ts';
import { exportInputPx } from './exportedGraph.ts';

interface PhotoSet {
  readonly firstSeed: number;
  readonly photoCount: number;
  /** Share of the photos that drift a little, and how far at most. */
  readonly drifting?: { readonly shareRatio: number; readonly mostRatio: number };
  readonly driftRatio?: number;
  readonly isTraining?: boolean;
}

/** No seed is in two sets; every first seed is a multiple of six, so tags are equally frequent. */
export const photoSets = {
  train: {
    firstSeed: 100_002,
    photoCount: 14_400,
    drifting: { shareRatio: 0.3, mostRatio: 0.15 },
    isTraining: true,
  },
  validation: { firstSeed: 300_000, photoCount: 1_800 },
  validationDrift: { firstSeed: 350_004, photoCount: 300, driftRatio: 0.6 },
  test: { firstSeed: 700_002, photoCount: 1_800 },
  drift0: { firstSeed: 550_002, photoCount: 600 },
  drift30: { firstSeed: 550_002, photoCount: 600, driftRatio: 0.3 },
  drift60: { firstSeed: 550_002, photoCount: 600, driftRatio: 0.6 },
  drift100: { firstSeed: 550_002, photoCount: 600, driftRatio: 1 },
} as const satisfies Record<string, PhotoSet>;

export type SetName = keyof typeof photoSets;

export interface PhotoTruth {
  readonly seed: number;
  readonly tag: Tag;
  readonly severity: number;
}

export interface StoredPhoto extends PhotoTruth {
  readonly rgb: Uint8Array;
  readonly mask: Uint8Array;
}

const photoBytes = exportInputPx ** 2 * 3;
const maskBytes = maskGridSize ** 2;

/** @param part - this process renders every `ofCount`th photo, starting with number `index`. */
export async function renderSet(
  dir: string,
  name: SetName,
  part: { readonly index: number; readonly ofCount: number },
): Promise<number> {
  const set: PhotoSet = photoSets[name];
  await mkdir(dir, { recursive: true });
  const path = join(dir, `${name}.${part.index}`);
  await using pixels = await open(`${path}.rgb`, 'w');
  await using masks = await open(`${path}.mask`, 'w');
  const truths: PhotoTruth[] = [];
  for (let index = part.index; index < set.photoCount; index += part.ofCount) {
    const { truth, rgb, mask } = await renderOne(set, set.firstSeed + index);
    await pixels.write(rgb);
    await masks.write(mask);
    truths.push(truth);
  }
  await writeFile(`${path}.json`, JSON.stringify(truths));
  return truths.length;
}

async function renderOne(set: PhotoSet, seed: number) {
  const random = randomStream(seed ^ 0x7654321);
  const driftRatio = set.driftRatio ?? drawDrift(random, set.drifting);
  const bodies = set.isTraining ? 'trained' : 'all';
  const { jpeg, tag, severity, defectMask } = await samplePhoto({ seed, driftRatio, bodies });
  // Applications scale with what they have; ours and the endpoint's scale with lanczos3.
  const kernels = ['lanczos3', 'lanczos3', 'lanczos3', 'cubic', 'mitchell'] as const;
  const kernel = set.isTraining ? random.pick(kernels) : 'lanczos3';
  const rgb = await modelPixels(jpeg, kernel);
  const mask = defectMask ?? new Uint8Array(maskBytes);
  return { truth: { seed, tag, severity }, rgb, mask };
}

function drawDrift(random: RandomStream, drifting: PhotoSet['drifting']): number {
  if (!drifting || random.next() >= drifting.shareRatio) return 0;
  return random.between(0, drifting.mostRatio);
}

/** @returns the photo as the model is fed it: stretched, three bytes (RGB) a pixel. */
export async function modelPixels(
  jpeg: Uint8Array,
  kernel: 'lanczos3' | 'cubic' | 'mitchell' = 'lanczos3',
): Promise<Buffer> {
  return sharp(jpeg)
    .resize(exportInputPx, exportInputPx, { fit: 'fill', kernel })
    .removeAlpha()
    .raw()
    .toBuffer();
}

/** @throws Error where the set has not been rendered in full. */
export async function loadSet(dir: string, name: SetName): Promise<readonly StoredPhoto[]> {
  const files = (await readdir(dir)).filter(
    (file) => file.startsWith(`${name}.`) && file.endsWith('.json'),
  );
  const parts = await Promise.all(files.sort().map((file) => loadPart(join(dir, file))));
  const photos = parts.flat();
  const { photoCount } = photoSets[name];
  if (photos.length !== photoCount) {
    throw new Error(`${name} has ${photos.length} of ${photoCount} photos: render it first`);
  }
  return photos;
}

async function loadPart(truthPath: string): Promise<readonly StoredPhoto[]> {
  const truths: readonly PhotoTruth[] = JSON.parse(await readFile(truthPath, 'utf8'));
  // Several gigabytes, more than one buffer may hold.
  await using pixels = await open(truthPath.replace(/json$/, 'rgb'));
  const masks = await readFile(truthPath.replace(/json$/, 'mask'));
  const photos: StoredPhoto[] = [];
  for (const [index, truth] of truths.entries()) {
    if (!tags.includes(truth.tag)) throw new Error(`${truth.tag} is no tag of this model`);
    const rgb = new Uint8Array(photoBytes);
    await pixels.read(rgb, 0, photoBytes);
    photos.push({
      ...truth,
      rgb,
      mask: masks.subarray(index * maskBytes, (index + 1) * maskBytes),
    });
  }
  return photos;
}
