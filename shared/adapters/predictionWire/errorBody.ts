/** The three error bodies the service and its gateway send, read into one code and one message. */
import * as z from 'zod';

const pairSchema = z.object({
  code: z.coerce.string().optional(),
  message: z.string().optional(),
});

export interface ErrorBody {
  /** Empty where the body holds none (HTML from a proxy). */
  readonly code: string;
  readonly message: string;
}

/**
 * `{code, message}` (service), `{error: {code, message}}` (gateway), `{statusCode, message}` (old
 * gateway), any case of keys, or no JSON at all.
 * Source: error bodies in public threads of azure-sdk-for-net (12789), cognitive-services-node-sdk-samples (47).
 */
export function readErrorBody(text: string): ErrorBody {
  const body = lowerKeys(parseJson(text));
  const inner = 'error' in body ? lowerKeys(body['error']) : body;
  const parsed = pairSchema.safeParse({ code: inner['code'], message: inner['message'] });
  return { code: parsed.data?.code ?? '', message: parsed.data?.message ?? '' };
}

function lowerKeys(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).map(([key, inner]) => [key.toLowerCase(), inner]);
  return Object.fromEntries(entries);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
