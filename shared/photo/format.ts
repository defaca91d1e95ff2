/** What kind of file some bytes are, by signature; names and content types are not evidence. */
export type AcceptedFormat = 'jpeg' | 'png' | 'bmp' | 'gif';
export type RefusedFormat = 'html' | 'json' | 'svg' | 'heic' | 'webp' | 'tiff' | 'psd' | 'avif';
export type PhotoFormat = AcceptedFormat | RefusedFormat | 'unknown';

const acceptedFormats: ReadonlySet<string> = new Set<AcceptedFormat>(['jpeg', 'png', 'bmp', 'gif']);

export function isAccepted(format: PhotoFormat): format is AcceptedFormat {
  return acceptedFormats.has(format);
}

interface Signature {
  readonly format: PhotoFormat;
  readonly matches: (bytes: Buffer) => boolean;
}

const heicBrands = new Set(['heic', 'heix', 'hevc', 'heim', 'heis', 'mif1', 'msf1', 'heif']);

const signatures: readonly Signature[] = [
  { format: 'jpeg', matches: startsWithHex('ffd8ff') },
  { format: 'png', matches: startsWithHex('89504e470d0a1a0a') },
  { format: 'gif', matches: (bytes) => /^GIF8[79]a$/.test(ascii(bytes, 0, 6)) },
  { format: 'bmp', matches: isBmp },
  {
    format: 'webp',
    matches: (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP',
  },
  { format: 'tiff', matches: (bytes) => /^(?:II[*+]\0|MM\0[*+])$/.test(ascii(bytes, 0, 4)) },
  { format: 'psd', matches: (bytes) => ascii(bytes, 0, 4) === '8BPS' },
  { format: 'avif', matches: (bytes) => /^avi[fs]$/.test(isoBrand(bytes)) },
  { format: 'heic', matches: (bytes) => heicBrands.has(isoBrand(bytes)) },
  { format: 'svg', matches: (bytes) => /<svg[\s>]/i.test(textStart(bytes)) },
  {
    format: 'html',
    matches: (bytes) => /^\s*<(?:!doctype html|html|head|body)/i.test(textStart(bytes)),
  },
  { format: 'json', matches: looksLikeJson },
];

export function formatOf(bytes: Buffer): PhotoFormat {
  return signatures.find((signature) => signature.matches(bytes))?.format ?? 'unknown';
}

function startsWithHex(hex: string): (bytes: Buffer) => boolean {
  const start = Buffer.from(hex, 'hex');
  return (bytes) => bytes.subarray(0, start.length).equals(start);
}

function ascii(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end);
}

/** `BM` alone starts many texts: the reserved words behind the file size must be zero. */
function isBmp(bytes: Buffer): boolean {
  return ascii(bytes, 0, 2) === 'BM' && bytes.length > 10 && bytes.readUInt32LE(6) === 0;
}

function isoBrand(bytes: Buffer): string {
  return ascii(bytes, 4, 8) === 'ftyp' ? ascii(bytes, 8, 12) : '';
}

function textStart(bytes: Buffer): string {
  return bytes.toString('utf8', 0, 1024).replace(/^\uFEFF/, '');
}

function looksLikeJson(bytes: Buffer): boolean {
  return /^\s*(?:\{\s*["}]|\[\s*["{[\d\]]|"|null\b|true\b|false\b)/.test(textStart(bytes));
}
