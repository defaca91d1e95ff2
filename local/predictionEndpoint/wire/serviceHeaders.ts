/**
 * What the gateway in front of the service puts on every answer. Web pages may call it from any
 * origin: its own console and the SDK's browser sample do.
 * Source: headers seen in users' reports of Azure AI services, from memory, 2026-11-25.
 */
import { type Answer, type Reply, typed } from '../../http/reply.ts';

const unchanging = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'apim-request-id, x-ms-request-id, retry-after',
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'x-content-type-options': 'nosniff',
};

export function serviceHeaders(reply: Reply, newId: () => string): Reply {
  const dressed = (answer: Answer): Answer => ({
    ...answer,
    headers: {
      'apim-request-id': newId(),
      'x-ms-request-id': newId(),
      ...unchanging,
      ...answer.headers,
    },
  });
  return withAnswer(reply, dressed);
}

/** Changes the answer inside a reply, where there is one. */
export function withAnswer(reply: Reply, change: (answer: Answer) => Answer): Reply {
  if (reply.kind === 'answer') return change(reply);
  return 'answer' in reply ? { ...reply, answer: change(reply.answer) } : reply;
}

/** To a browser that asks before it sends a key to another origin. */
export function preflightAnswer(wantedHeaders: string | undefined): Answer {
  return {
    ...typed(200, 'text/plain; charset=utf-8', ''),
    headers: {
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': wantedHeaders ?? '*',
      'access-control-max-age': '600',
    },
  };
}
