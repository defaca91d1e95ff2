/** Which blobs the upload trigger works on: its path is no filter on the real host. */
import { inlineFolder } from '../shared/pipeline/processCaptures.ts';
import { names } from '../shared/settings.ts';

/** Inline captures are predicted by the capture trigger already. */
export function isUpload(container: string, blobName: string): boolean {
  return container === names.photosContainer && !blobName.startsWith(inlineFolder);
}
