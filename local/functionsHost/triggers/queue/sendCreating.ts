/** Sends to a queue that may not be there yet. */
import type { QueueClient } from '@azure/storage-queue';
import { isMissing } from '../storageError.ts';

export async function sendCreating(queue: QueueClient, text: string): Promise<void> {
  try {
    await queue.sendMessage(text);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await queue.createIfNotExists();
    await queue.sendMessage(text);
  }
}
