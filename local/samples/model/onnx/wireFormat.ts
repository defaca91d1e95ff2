/**
 * The protocol-buffer wire format, as much of it as writing an ONNX file takes.
 * Source: Encoding, protobuf.dev, 2026-11-24.
 */
const lengthDelimited = 2;

/** @param value - a non-negative integer; nothing an ONNX file of ours holds is negative. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

export function integerField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

export function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text));
}

/** Also how a message lies inside another one. */
export function bytesField(field: number, ...parts: readonly Uint8Array[]): Buffer {
  const lengthBytes = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([varint(field * 8 + lengthDelimited), varint(lengthBytes), ...parts]);
}
