/**
 * What stands between the exporter and a sick ingestion endpoint: each send has an end, what fails
 * without an answer is kept whatever the reason, and what is refused for good is counted. Sends
 * follow each other: one that hangs would hold up all behind it.
 */
import type { TokenCredential } from '@azure/identity';
import type { AzureMonitorOpenTelemetryOptions } from '@azure/monitor-opentelemetry';
import * as z from 'zod';
import { messageOf } from '../../errors.ts';
import { countEnvelopes, type RecordKind, readEnvelopes } from './recordKind.ts';

type ExporterOptions = NonNullable<AzureMonitorOpenTelemetryOptions['azureMonitorExporterOptions']>;
type Policy = NonNullable<ExporterOptions['additionalPolicies']>[number];
type Response = Awaited<ReturnType<Policy['policy']['sendRequest']>>;

/** Of five seconds that a process has to end. */
const sendTimeoutMs = 2_000;

/** Sent again by the exporter. Source: its breezeUtils, 1.0.0-beta.47, read 2026-11-26. */
const sentAgain: ReadonlySet<number> = new Set([
  206, 401, 403, 408, 429, 439, 500, 502, 503, 504, 307, 308,
]);

const partialSchema = z.object({
  errors: z.array(z.object({ index: z.int(), statusCode: z.int(), message: z.string().nullish() })),
});

/** @param ending - aborted where there is no more time: what is on its way goes to disk. */
export function boundedSend(
  onRefused: (kind: RecordKind, count: number) => void,
  ending: AbortSignal,
): Policy {
  return {
    position: 'perRetry',
    policy: {
      name: 'boundedSend',
      async sendRequest(request, next) {
        request.timeout = sendTimeoutMs;
        request.abortSignal = ending;
        const response = await next(request).catch(throwKept);
        const refused = refusedOf(response, request.body);
        for (const [kind, count] of countEnvelopes(refused)) onRefused(kind, count);
        return response;
      },
    },
  };
}

/** Tokens are asked for before any policy of ours. */
export function keptWithoutToken(credential: TokenCredential): TokenCredential {
  return { getToken: (...asked) => credential.getToken(...asked).catch(throwKept) };
}

/**
 * The exporter keeps what fails by some codes only: for want of a token, or of trust in a certificate,
 * it would give everything up.
 */
function throwKept(error: unknown): never {
  if (error instanceof Error && error.name === 'AbortError') throw error;
  const kept = new Error(messageOf(error), { cause: error });
  throw Object.assign(kept, { name: 'RestError', code: 'REQUEST_SEND_ERROR' });
}

function refusedOf({ status, bodyAsText }: Response, body: unknown): readonly unknown[] {
  const isWhole = status >= 300 && !sentAgain.has(status);
  if (typeof body !== 'string' || !(isWhole || status === 206)) return [];
  const envelopes = readEnvelopes(body);
  return isWhole ? envelopes : envelopes.filter((_, index) => givenUp(bodyAsText).has(index));
}

/** Of an answer in parts; sampling at ingestion is no loss: somebody asked for it. */
function givenUp(text: string | null | undefined): ReadonlySet<number> {
  const [answer] = readEnvelopes(`[${text}]`);
  const errors = partialSchema.safeParse(answer).data?.errors ?? [];
  return new Set(
    errors.flatMap(({ index, statusCode, message }) => {
      const isSampled = message?.toLowerCase() === 'telemetry sampled out.';
      return sentAgain.has(statusCode) || isSampled ? [] : [index];
    }),
  );
}
