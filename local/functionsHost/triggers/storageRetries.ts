/** How patient listeners are with storage: they look again themselves, so each call is quick to give up. */
import { StorageRetryPolicyType } from '@azure/storage-blob';

/** Source: Azure.Core RetryOptions, defaults, 2026-11-25. */
export const storageRetries = {
  retryOptions: {
    retryPolicyType: StorageRetryPolicyType.EXPONENTIAL,
    maxTries: 4,
    retryDelayInMs: 800,
    maxRetryDelayInMs: 5_000,
  },
};
