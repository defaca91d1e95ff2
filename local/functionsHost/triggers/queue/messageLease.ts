/** A message stays ours for as long as its function runs: its lease is renewed at half time. */
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';

export interface MessageLease {
  /** Ends the renewing. @returns the receipt that is valid from now on. */
  release(): Promise<string>;
}

export function messageLease(
  queue: QueueClient,
  { messageId, popReceipt }: DequeuedMessageItem,
  leaseSeconds: number,
  onError: (error: unknown) => void,
): MessageLease {
  let receipt = popReceipt;
  let renewing = Promise.resolve();
  async function renew(): Promise<void> {
    try {
      const renewed = await queue.updateMessage(messageId, receipt, undefined, leaseSeconds);
      receipt = renewed.popReceipt ?? receipt;
    } catch (error) {
      // The next renewal tries again; a lease that is lost means a second delivery.
      onError(error);
    }
  }
  const timer = setInterval(
    () => {
      renewing = renewing.then(renew);
    },
    (leaseSeconds * 1_000) / 2,
  );
  return {
    async release() {
      clearInterval(timer);
      await renewing;
      return receipt;
    },
  };
}
