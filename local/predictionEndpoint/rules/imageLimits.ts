/** What the service accepts as a photo, told from its first bytes and its header alone. */
import { imageSize } from 'image-size';
import type { ImageProblem } from '../wire/errorAnswers.ts';

export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'bmp' | 'webp' | 'tiff';

/** Source: app.py of the exported container, and Custom Vision limits and quotas, 2026-11-23. */
export const maxImageBytes = 4 * 1024 * 1024;

/** A multipart body is a little larger than its photo. */
export const maxBodyBytes = maxImageBytes + 64 * 1024;

/** Source: Custom Vision limits and quotas, 2026-11-23. */
const maxSidePx = 10_240;
const maxSideRatio = 25;

/** Ours, not the service's: decoding more would take hundreds of megabytes. */
export const maxPixelCount = 25_000_000;

const cloudFormats: ReadonlySet<ImageFormat> = new Set(['jpeg', 'png', 'gif', 'bmp']);

/** Of the first twelve bytes, in hex. */
const magics: readonly (readonly [ImageFormat, RegExp])[] = [
  ['jpeg', /^ffd8ff/],
  ['png', /^89504e470d0a1a0a/],
  ['gif', /^47494638(?:37|39)61/],
  ['bmp', /^424d/],
  ['webp', /^52494646.{8}57454250/],
  ['tiff', /^(?:49492a00|4d4d002a)/],
];

/** @returns `undefined` for everything else; SVG among it, which must never reach a decoder. */
export function formatOf(bytes: Buffer): ImageFormat | undefined {
  const start = bytes.toString('hex', 0, 12);
  return magics.find(([, magic]) => magic.test(start))?.[0];
}

/** @returns why the cloud service refuses the photo, or `undefined`. */
export function imageProblem(bytes: Buffer): ImageProblem | undefined {
  if (bytes.length === 0) return 'BadRequestImageStream';
  if (bytes.length > maxImageBytes) return 'BadRequestImageSizeBytes';
  const format = formatOf(bytes);
  if (!format || !cloudFormats.has(format)) return 'BadRequestImageFormat';
  const sides = sidesPx(bytes);
  if (!sides) return 'BadRequestImageFormat';
  return areSidesFit(sides) ? undefined : 'BadRequestImageDimensions';
}

type Sides = readonly [number, number];

function areSidesFit([widthPx, heightPx]: Sides): boolean {
  const longPx = Math.max(widthPx, heightPx);
  const shortPx = Math.min(widthPx, heightPx);
  if (shortPx < 1 || longPx > maxSidePx) return false;
  return longPx / shortPx <= maxSideRatio && widthPx * heightPx <= maxPixelCount;
}

function sidesPx(bytes: Buffer): Sides | undefined {
  try {
    const { width, height } = imageSize(bytes);
    return [width, height];
  } catch {
    // The library throws for every kind of damage.
    return undefined;
  }
}
