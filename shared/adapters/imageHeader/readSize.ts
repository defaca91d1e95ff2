/** Width and height from a photo's header, without decoding it. */
import { imageSize } from 'image-size';
import type { ReadSize } from '../../photo/intake.ts';

export const readSize: ReadSize = (bytes) => {
  try {
    const { width, height } = imageSize(bytes);
    return { widthPx: width, heightPx: height };
  } catch {
    // The library throws for every kind of damage; which one does not matter to the sender.
    return undefined;
  }
};
