/** Photos that pass every check, and tell the endpoint which they are. */
import { samplePhoto } from '../../local/samples/photoSet.ts';

const commentMarker = 0xfffe;
const startOfImageBytes = 2;

/** @returns a maker of JPEGs: the same picture with the photo's number in a comment. */
export async function camera(seed: number): Promise<(photoNumber: number) => Buffer> {
  const { jpeg } = await samplePhoto({ seed, sizePx: 64 });
  return (photoNumber) => {
    const comment = Buffer.alloc(8);
    comment.writeUInt16BE(commentMarker, 0);
    comment.writeUInt16BE(comment.length - startOfImageBytes, 2);
    comment.writeUInt32BE(photoNumber, 4);
    return Buffer.concat([
      jpeg.subarray(0, startOfImageBytes),
      comment,
      jpeg.subarray(startOfImageBytes),
    ]);
  };
}

export function photoNumberOf(jpeg: Uint8Array): number {
  return Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength).readUInt32BE(6);
}
