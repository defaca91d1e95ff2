/**
 * Azurite answers what it did not expect, a full disk above all, with 500 and not a word, and leaves
 * the rest of the body unread: the next call on that connection would wait for ever.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { internalError, refuse } from './refusals.ts';

export interface FailureDeps {
  /** What Azurite said last of an error it did not expect. */
  readonly lastReason: () => string;
  /** Hears of the first failure of each kind. */
  readonly onTrouble: (message: string) => void;
}

/** `ENOSPC: no space left on device, write` is of the kind `ENOSPC`. */
function kindOf(reason: string): string {
  return /^E[A-Z]+\b/.exec(reason)?.[0] ?? '';
}

/** @returns puts words to a failed answer, and makes its connection good for the next call. */
export function wordlessFailures({ lastReason, onTrouble }: FailureDeps) {
  const toldKinds = new Set<string>();
  const tell = (request: IncomingMessage, reason: string): void => {
    const kind = kindOf(reason);
    if (toldKinds.has(kind)) return;
    toldKinds.add(kind);
    const path = request.url?.split('?')[0] ?? '';
    onTrouble(`${request.method} ${path} was answered with 500: ${reason} (told once)`);
  };
  return (request: IncomingMessage, response: ServerResponse): void => {
    const end = response.end.bind(response);
    response.end = (...content: unknown[]): ServerResponse => {
      response.end = end;
      if (response.statusCode !== 500 || response.headersSent || content.length > 0) {
        return Reflect.apply(end, response, content);
      }
      const reason = lastReason();
      tell(request, reason);
      readToEnd(request);
      return refuse(response, internalError(reason));
    };
  };
}

/** Its listeners would pause it again: what they write to has failed. */
function readToEnd(request: IncomingMessage): void {
  request.removeAllListeners('data').resume();
}
