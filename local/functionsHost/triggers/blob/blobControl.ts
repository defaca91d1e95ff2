/** Blob events on command. */
import { z } from 'zod';
import type { ControlActions } from '../../../control/controlHandler.ts';
import type { BlobListener } from './blobListener.ts';

/** By function. */
export type BlobListeners = ReadonlyMap<string, BlobListener>;

const eventSchema = z.strictObject({
  container: z.string(),
  name: z.string(),
  count: z.int().min(1).max(100).default(1),
});

export function blobControl(listeners: BlobListeners): ControlActions {
  return {
    /** An event for any blob to every blob function, so many times; answers when all are through. */
    async 'POST /control/blobs'(body) {
      const { container, name, count } = eventSchema.parse(body);
      await deliverToAll(listeners, container, name, count);
      return { container, name, count };
    },
  };
}

export async function deliverToAll(
  listeners: BlobListeners,
  container: string,
  blobName: string,
  count = 1,
): Promise<void> {
  const deliveries = [...listeners.values()].flatMap((listener) =>
    Array.from({ length: count }, () => listener.deliver(container, blobName)),
  );
  await Promise.all(deliveries);
}
