/** Uncompressed BMP, 24 or 32 bits a pixel: the one format the service takes and sharp does not. */
export interface RawImage {
  /** Rows from the top, three bytes (RGB) a pixel. */
  readonly rgb: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Source: BITMAPFILEHEADER and BITMAPINFOHEADER, Microsoft Learn, 2026-11-24. */
const offsetOf = { pixels: 10, width: 18, height: 22, bitsPerPixel: 28, compression: 30 };
const headerBytes = 54;
const uncompressed = 0;

/** @returns `undefined` for palettes, compression and files shorter than they claim. */
export function readBitmap(bytes: Buffer, maxPixelCount: number): RawImage | undefined {
  if (bytes.length < headerBytes || bytes.readUInt32LE(offsetOf.compression) !== uncompressed) {
    return undefined;
  }
  const widthPx = bytes.readInt32LE(offsetOf.width);
  const signedHeightPx = bytes.readInt32LE(offsetOf.height);
  const heightPx = Math.abs(signedHeightPx);
  const pixelBytes = bytes.readUInt16LE(offsetOf.bitsPerPixel) / 8;
  if (pixelBytes !== 3 && pixelBytes !== 4) return undefined;
  if (widthPx < 1 || heightPx < 1 || widthPx * heightPx > maxPixelCount) return undefined;
  const rowBytes = Math.ceil((widthPx * pixelBytes) / 4) * 4;
  const startByte = bytes.readUInt32LE(offsetOf.pixels);
  if (startByte + rowBytes * heightPx > bytes.length) return undefined;
  const rowStart = (row: number) =>
    startByte + rowBytes * (signedHeightPx > 0 ? heightPx - 1 - row : row);
  return { rgb: rgbOf(bytes, { widthPx, heightPx, pixelBytes, rowStart }), widthPx, heightPx };
}

interface Layout {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixelBytes: number;
  readonly rowStart: (row: number) => number;
}

function rgbOf(bytes: Buffer, { widthPx, heightPx, pixelBytes, rowStart }: Layout): Buffer {
  const rgb = Buffer.alloc(widthPx * heightPx * 3);
  let to = 0;
  for (let row = 0; row < heightPx; row += 1) {
    let from = rowStart(row);
    for (let column = 0; column < widthPx; column += 1) {
      rgb[to] = bytes[from + 2] ?? 0;
      rgb[to + 1] = bytes[from + 1] ?? 0;
      rgb[to + 2] = bytes[from] ?? 0;
      to += 3;
      from += pixelBytes;
    }
  }
  return rgb;
}
