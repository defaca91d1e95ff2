/** How an export wants its photos, by its own metadata and by the habits of its kind. */
export interface PixelSettings {
  readonly channelOrder: 'rgb' | 'bgr';
  readonly pixelRange: '0..255' | '0..1';
  readonly fit: Fit;
}

/** What the files beside the model say. */
export interface ExportPixels extends Omit<PixelSettings, 'channelOrder'> {
  readonly channelOrder: PixelSettings['channelOrder'] | undefined;
}

/** `cover`: the centre square; `fill`: the whole photo, stretched. */
export type Fit = 'cover' | 'fill';

/**
 * What the model file itself says goes before the file beside it, which may describe another
 * platform's export. Without a word, [S1] detection takes red first and all others blue.
 * Source: measured on real exports, local-models facts 3.1 and 3.3, 2026-11-23.
 */
export function pixelSettings(
  model: ExportPixels,
  metadata: Readonly<Record<string, string>>,
  inputName: string,
): PixelSettings {
  const order = channelOrderIn(metadata) ?? model.channelOrder;
  return {
    channelOrder: order ?? (inputName === 'image_tensor' ? 'rgb' : 'bgr'),
    pixelRange: pixelRangeIn(metadata) ?? model.pixelRange,
    fit: model.fit,
  };
}

export function channelOrderIn(
  metadata: Readonly<Record<string, unknown>>,
): 'rgb' | 'bgr' | undefined {
  const format = metadata['Image.BitmapPixelFormat'];
  if (format === 'Rgb8') return 'rgb';
  return format === 'Bgr8' ? 'bgr' : undefined;
}

export function pixelRangeIn(
  metadata: Readonly<Record<string, unknown>>,
): '0..255' | '0..1' | undefined {
  const range = metadata['Image.NominalPixelRange'];
  if (range === 'Normalized_0_1') return '0..1';
  return range === undefined ? undefined : '0..255';
}
