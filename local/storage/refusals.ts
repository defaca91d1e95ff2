/** What storage itself refuses, in the service's codes and words. */
import type { ServerResponse } from 'node:http';

interface Refusal {
  readonly httpStatus: number;
  readonly code: string;
  readonly message: string;
}

/** Source: Microsoft Learn, Common REST API error codes, 2026-11-25. */
export const refusals = {
  invalidUri: {
    httpStatus: 400,
    code: 'InvalidUri',
    message: 'The requested URI does not represent any resource on the server.',
  },
  serverBusy: { httpStatus: 503, code: 'ServerBusy', message: 'The server is busy.' },
  operationTimeout: {
    httpStatus: 500,
    code: 'OperationTimedOut',
    message: 'The operation could not be completed within the permitted time.',
  },
} as const;

/** The service's own code for what went wrong inside it, which clients try again. */
export function internalError(reason: string): Refusal {
  const message = `The server encountered an internal error: ${reason}`;
  return { httpStatus: 500, code: 'InternalError', message };
}

export function refuse(
  response: ServerResponse,
  { httpStatus, code, message }: Refusal,
): ServerResponse {
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const xml = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${text}</Message></Error>`;
  response.writeHead(httpStatus, { 'content-type': 'application/xml', 'x-ms-error-code': code });
  return response.end(xml);
}
