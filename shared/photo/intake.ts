/**
 * Whether a photo is fit to be predicted, decided from its header alone: nothing is decoded, so a
 * decompression bomb costs what its few kilobytes cost.
 */
import { isComplete } from './completeness.ts';
import { type AcceptedFormat, formatOf, isAccepted, type RefusedFormat } from './format.ts';

/** Source: Custom Vision, "Limits and quotas", read 2026-11-23. */
const maxPhotoBytes = 4 * 1024 * 1024;
const maxSidePx = 10_240;
const maxAspectRatio = 25;
/** Below this a prediction says nothing; the service itself would enlarge the photo. */
const minSidePx = 16;
/** Not a limit of the service: 50 million pixels in 4 MB is a bomb, not a photo. */
const maxPixelCount = 50_000_000;

export type IntakeProblem =
  | 'photo-empty'
  | 'photo-too-large'
  | 'photo-truncated'
  | 'photo-header-damaged'
  | 'photo-too-small'
  | 'photo-side-too-long'
  | 'photo-ratio-too-extreme'
  | 'photo-too-many-pixels'
  | 'format-unknown'
  | `format-${RefusedFormat}`;

export interface PhotoSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The port to a header parser. `undefined`: the header can't be read. */
export type ReadSize = (bytes: Buffer) => PhotoSize | undefined;

export type IntakeVerdict =
  | { readonly kind: 'fit'; readonly format: AcceptedFormat; readonly size: PhotoSize }
  | { readonly kind: 'unfit'; readonly reason: IntakeProblem };

export function lengthProblem(contentLengthBytes: number): IntakeProblem | undefined {
  if (contentLengthBytes === 0) return 'photo-empty';
  return contentLengthBytes > maxPhotoBytes ? 'photo-too-large' : undefined;
}

export function checkIntake(bytes: Buffer, readSize: ReadSize): IntakeVerdict {
  const wrongLength = lengthProblem(bytes.length);
  if (wrongLength) return unfit(wrongLength);
  const format = formatOf(bytes);
  if (!isAccepted(format)) return unfit(`format-${format}`);
  const size = readSize(bytes);
  if (!size) return unfit(isComplete(format, bytes) ? 'photo-header-damaged' : 'photo-truncated');
  const reason = sizeProblem(size) ?? (isComplete(format, bytes) ? undefined : 'photo-truncated');
  return reason ? unfit(reason) : { kind: 'fit', format, size };
}

function sizeProblem({ widthPx, heightPx }: PhotoSize): IntakeProblem | undefined {
  const longerPx = Math.max(widthPx, heightPx);
  const shorterPx = Math.min(widthPx, heightPx);
  if (shorterPx < 1) return 'photo-header-damaged';
  if (longerPx > maxSidePx) return 'photo-side-too-long';
  if (longerPx / shorterPx > maxAspectRatio) return 'photo-ratio-too-extreme';
  if (shorterPx < minSidePx) return 'photo-too-small';
  if (widthPx * heightPx > maxPixelCount) return 'photo-too-many-pixels';
  return undefined;
}

function unfit(reason: IntakeProblem): IntakeVerdict {
  return { kind: 'unfit', reason };
}
