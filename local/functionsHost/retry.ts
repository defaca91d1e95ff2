/** Retry policies as the host keeps them: in memory, the whole batch again, one invocation id. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RetryPolicy } from './app/functionMetadata.ts';
import type { RetryContext } from './app/invocation.ts';
import type { InvocationResult } from './invocations.ts';

/** Source: azure-webjobs-sdk, ExponentialBackoffRetryAttribute and RandomizedExponentialBackoffStrategy, 2026-11-23. */
const jitterRatio = 0.2;

/** @returns ms to wait before retry number `retryCount`, which starts at 1 */
export function retryDelayMs(
  policy: RetryPolicy,
  retryCount: number,
  random: () => number,
): number {
  if (policy.retryStrategy === 'fixedDelay') return policy.delayInterval;
  const jitter = 1 + jitterRatio * (2 * random() - 1);
  const grownMs = policy.minimumInterval * 2 ** Math.min(retryCount - 1, 30) * jitter;
  return Math.min(policy.maximumInterval, Math.max(policy.minimumInterval, grownMs));
}

export interface RetryLoop {
  readonly policy: RetryPolicy | undefined;
  readonly attempt: (retryContext: RetryContext | undefined) => Promise<InvocationResult>;
  /** Ends the waiting between attempts. */
  readonly signal: AbortSignal;
  readonly random?: () => number;
}

/** @returns the last attempt's result; `abandoned` where the signal came before the policy was through. */
export async function runWithRetries({
  policy,
  attempt,
  signal,
  random = Math.random,
}: RetryLoop): Promise<InvocationResult['kind'] | 'abandoned'> {
  let result = await attempt(undefined);
  for (
    let retryCount = 1;
    result.kind === 'failed' && mayRetry(policy, retryCount);
    retryCount += 1
  ) {
    try {
      await delay(retryDelayMs(policy, retryCount, random), undefined, { signal });
    } catch {
      return 'abandoned';
    }
    result = await attempt(retryContext(policy, retryCount, result.error));
  }
  return result.kind;
}

function mayRetry(policy: RetryPolicy | undefined, retryCount: number): policy is RetryPolicy {
  if (!policy) return false;
  return policy.maxRetryCount === -1 || retryCount <= policy.maxRetryCount;
}

function retryContext(policy: RetryPolicy, retryCount: number, error: Error): RetryContext {
  const { maxRetryCount } = policy;
  const exception = { source: '', stackTrace: error.stack ?? '', message: error.message };
  return { retryCount, maxRetryCount, exception };
}
