/**
 * Sample photos by seed, as JPEG, with the truth about each. They come in the mixture the model was
 * trained and tested on: all six tags equally often, a quarter of the defects faint.
 */
import sharp from 'sharp';
import type { Picture } from './render/canvas.ts';
import { type RandomStream, randomStream } from './render/random.ts';
import { renderNegative } from './render/renderNegative.ts';
import { renderPart } from './render/renderPart.ts';
import { type Tag, tags } from './tags.ts';

/** What share of the defects is faint. */
const faintRatio = 0.25;
/** The edge of what can be seen; a part with less than this wrong would have to count as `ok`. */
export const leastSeverity = 0.2;
/** Defects below this are called faint. */
export const plainSeverity = 0.5;

export interface PhotoOptions {
  readonly seed: number;
  /** From 0, the line as it should be, to 1: darker, warmer, noisier and out of focus. */
  readonly driftRatio?: number | undefined;
  /** Absent: a size drawn from the seed, 256 to 512. */
  readonly sizePx?: number | undefined;
  /** `trained` keeps the three kinds of foreign bodies away that the test set is to be new with. */
  readonly bodies?: 'trained' | 'all' | undefined;
}

export interface SamplePhoto {
  readonly seed: number;
  readonly jpeg: Buffer;
  readonly tag: Tag;
  /** 0 for `ok` and `Negative`. */
  readonly severity: number;
  /** Where the defect is, as `maskGridSize` rows of as many cells; `undefined` for `Negative`. */
  readonly defectMask: Uint8Array | undefined;
}

export async function samplePhoto(options: PhotoOptions): Promise<SamplePhoto> {
  const { seed, driftRatio = 0 } = options;
  // A stream of its own: the renderer's draws start from the seed itself.
  const random = randomStream(seed ^ 0x12345678);
  const tag = tagOf(seed);
  const severity = drawSeverity(random, tag);
  const drawnSizePx = drawSizePx(random);
  const sizePx = options.sizePx ?? drawnSizePx;
  const lens = { blurPx: drawBlurRatio(random, driftRatio) * sizePx, quality: drawQuality(random) };
  const shared = { seed, driftRatio, sizePx };
  if (tag === 'Negative') {
    const picture = renderNegative({ ...shared, bodies: options.bodies ?? 'all' });
    return { seed, jpeg: await jpegOf(picture, lens), tag, severity, defectMask: undefined };
  }
  const { defectMask, ...picture } = renderPart({ ...shared, tag, severity });
  return { seed, jpeg: await jpegOf(picture, lens), tag, severity, defectMask };
}

export interface DemoOptions {
  readonly count: number;
  readonly seed: number;
  readonly driftRatio?: number;
  readonly sizePx?: number;
}

/** @yields the photos of the seeds from `seed` on, one at a time. */
export async function* demoPhotos(options: DemoOptions): AsyncGenerator<SamplePhoto> {
  const { count, seed, driftRatio, sizePx = 320 } = options;
  for (let index = 0; index < count; index += 1) {
    yield await samplePhoto({ seed: seed + index, driftRatio, sizePx });
  }
}

/** Any six seeds from a multiple of six on show all six tags, in an order of their own. */
function tagOf(seed: number): Tag {
  const block = Math.floor(seed / tags.length);
  const random = randomStream(block ^ 0x2468ace);
  const order = tags.map((tag) => ({ tag, key: random.next() })).sort((a, b) => a.key - b.key);
  return order[seed - block * tags.length]?.tag ?? 'ok';
}

function drawSeverity(random: RandomStream, tag: Tag): number {
  const isFaint = random.next() < faintRatio;
  const severity = isFaint
    ? random.between(leastSeverity, plainSeverity)
    : random.between(plainSeverity, 1);
  return tag === 'ok' || tag === 'Negative' ? 0 : severity;
}

function drawSizePx(random: RandomStream): number {
  const share = random.next();
  if (share < 0.25) return 256;
  if (share < 0.7) return 320;
  return share < 0.92 ? 384 : 512;
}

/** In photo widths. At drift 0.6 the lens is 1.2 px of 224 out of focus. */
function drawBlurRatio(random: RandomStream, driftRatio: number): number {
  const lens = random.between(0.35, 0.85) / 320;
  const defocus = (driftRatio * 2) / 224;
  return Math.sqrt(lens ** 2 + defocus ** 2);
}

function drawQuality(random: RandomStream): number {
  return Math.round(random.between(65, 93));
}

interface Lens {
  readonly blurPx: number;
  readonly quality: number;
}

/** The least blur libvips knows. Source: sharp, API documentation, blur, 2026-11-24. */
const leastBlurPx = 0.3;

function jpegOf({ rgb, widthPx, heightPx }: Picture, { blurPx, quality }: Lens): Promise<Buffer> {
  return sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .blur(Math.max(leastBlurPx, blurPx))
    .jpeg({ quality })
    .toBuffer();
}
