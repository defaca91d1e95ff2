/**
 * The one part of a multipart body that holds the photo. Own code, because libraries read a part
 * without a filename as text and ruin its bytes, and that is how the official SDK sends it.
 */
const partName = 'imageData';
const headEnd = Buffer.from('\r\n\r\n');

/**
 * @param isFileOnly - whether a part without a filename is none.
 * @returns `undefined` where the body is no multipart body or holds no such part.
 */
export function imagePart(
  contentType: string,
  body: Buffer,
  isFileOnly = false,
): Buffer | undefined {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return undefined;
  const isWanted = ({ head }: Part) =>
    nameOf(head) === partName && (!isFileOnly || hasFilename(head));
  return partsOf(body, boundary).find(isWanted)?.content;
}

export function isMultipart(contentType: string): boolean {
  return /^multipart\/form-data\b/i.test(contentType);
}

function boundaryOf(contentType: string): string | undefined {
  const match = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

interface Part {
  readonly head: string;
  readonly content: Buffer;
}

function partsOf(body: Buffer, boundary: string): Part[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const nextDelimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: Part[] = [];
  let fromByte = body.indexOf(delimiter);
  while (fromByte !== -1) {
    const startByte = fromByte + delimiter.length + 2;
    const endByte = body.indexOf(nextDelimiter, startByte - 2);
    if (endByte === -1) break;
    const part = partOf(body.subarray(startByte, endByte));
    if (part) parts.push(part);
    fromByte = endByte + 2;
  }
  return parts;
}

function partOf(bytes: Buffer): Part | undefined {
  const headBytes = bytes.indexOf(headEnd);
  if (headBytes === -1) return undefined;
  return {
    head: bytes.toString('latin1', 0, headBytes),
    content: bytes.subarray(headBytes + headEnd.length),
  };
}

function hasFilename(head: string): boolean {
  return /^content-disposition:[^\r\n]*;\s*filename\*?=/im.test(head);
}

function nameOf(head: string): string | undefined {
  const match = /^content-disposition:[^\r\n]*;\s*name=(?:"([^"]*)"|([^;\s]+))/im.exec(head);
  return match?.[1] ?? match?.[2];
}
