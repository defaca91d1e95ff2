/**
 * Refusals in the field names of earlier deployments, which are still met: the gateway's
 * `{statusCode, message}`, the service's `{Code, Message}`.
 * Source: customvision facts 1.5 (users' reports), 2026-11-23.
 */
import type { Reply } from '../../http/reply.ts';
import { withAnswer } from './serviceHeaders.ts';

export function withOlderErrors(reply: Reply): Reply {
  return withAnswer(reply, (answer) => {
    if (answer.httpStatus < 400 || !answer.contentType.startsWith('application/json')) {
      return answer;
    }
    return { ...answer, body: JSON.stringify(older(answer.httpStatus, JSON.parse(answer.body))) };
  });
}

type ErrorBody =
  | { readonly error: { readonly message: string } }
  | { readonly code: string; readonly message: string };

function older(statusCode: number, body: ErrorBody): unknown {
  return 'error' in body
    ? { statusCode, message: body.error.message }
    : { Code: body.code, Message: body.message };
}
