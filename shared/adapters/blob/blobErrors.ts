/** Storage SDK errors, translated at the border. */
import { RestError } from '@azure/storage-blob';
import { messageOf, PipelineError } from '../../errors.ts';

export function isStatus(error: unknown, statusCode: number): boolean {
  return error instanceof RestError && error.statusCode === statusCode;
}

/** Somebody wrote it since it was seen, or deleted it. */
export function isChanged(error: unknown): boolean {
  return isStatus(error, 412) || isStatus(error, 404);
}

export function storeUnavailable(operation: string, path: string, cause: unknown): PipelineError {
  const detail = cause instanceof RestError ? (cause.code ?? cause.message) : messageOf(cause);
  const message = `could not ${operation}: ${detail}`;
  return new PipelineError('STORE_UNAVAILABLE', message, { operation, path }, { cause });
}
