/** What the storage SDKs' errors say, in a few words. */
import { messageOf } from '../../../shared/errors.ts';

/** No such blob, container or queue. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 404;
}

/** The first line: the SDKs append whole requests. A refusal without a word has its status. */
export function storageReason(error: unknown): string {
  const [line = ''] = messageOf(error).split('\n');
  if (line !== '') return line;
  return error instanceof Error && 'statusCode' in error
    ? `storage answers ${String(error.statusCode)} and says nothing`
    : 'no reason given';
}
