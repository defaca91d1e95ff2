/**
 * Which blob names can be addressed safely. Names are opaque to storage, but URL rules are not:
 * `photos/../secrets/x` written into a URL leaves its container.
 */
const maxBlobNameCharacters = 1024;

export type BlobNameProblem =
  | 'name-empty'
  | 'name-too-long'
  | 'name-control-character'
  | 'name-dot-segment'
  | 'name-not-unicode';

export function blobNameProblem(blobName: string): BlobNameProblem | undefined {
  if (blobName === '') return 'name-empty';
  if (blobName.length > maxBlobNameCharacters) return 'name-too-long';
  if (!blobName.isWellFormed()) return 'name-not-unicode';
  if (hasControlCharacter(blobName)) return 'name-control-character';
  if (hasDotSegment(blobName)) return 'name-dot-segment';
  return undefined;
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** Backslash counts as a separator: URL parsers and storage turn it into a slash. */
function hasDotSegment(blobName: string): boolean {
  return blobName.split(/[/\\]/).some((segment) => segment === '.' || segment === '..');
}
