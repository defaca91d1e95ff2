/** Blob events on command: ordered ones, and what happens to others on their way. */
import { z } from 'zod';
import type { ControlActions } from '../../../control/controlHandler.ts';
import type { BlobTriggers, OrderedEvent } from './blobTriggers.ts';
import { subscriptionSchema } from './eventGrid/subscription.ts';
import { troubleSchema } from './eventGrid/trouble.ts';

const deliverSchema = z.strictObject({
  do: z.literal('deliver'),
  container: z.string(),
  name: z.string(),
  type: z.enum(['BlobCreated', 'BlobDeleted']).default('BlobCreated'),
  count: z.int().min(1).max(100).default(1),
});

const commandSchema = z.discriminatedUnion('do', [deliverSchema, ...troubleSchema.options]);

/** @param triggers - `undefined` where the app has no blob function: then nothing happens. */
export function blobControl(triggers: BlobTriggers | undefined): ControlActions {
  const inForce = () => ({
    troubles: triggers?.grid.troubles.left() ?? [],
    subscription: triggers?.grid.subscription() ?? null,
    stats: triggers?.grid.stats() ?? null,
  });
  return {
    'GET /control/blobEvents': inForce,
    /** `deliver` answers when all functions are through with the events. */
    async 'POST /control/blobEvents'(body) {
      const command = commandSchema.parse(body);
      if (command.do !== 'deliver') triggers?.grid.troubles.add(command);
      else await deliverTimes(triggers, command);
      return inForce();
    },
    'DELETE /control/blobEvents'() {
      triggers?.grid.calm();
      return inForce();
    },
    'PUT /control/blobSubscription'(body) {
      triggers?.grid.subscribe(subscriptionSchema.parse(body));
      return inForce();
    },
  };
}

async function deliverTimes(
  triggers: BlobTriggers | undefined,
  { container, name: blobName, type, count }: z.output<typeof deliverSchema>,
): Promise<void> {
  const event: OrderedEvent = { container, blobName, isDeletion: type === 'BlobDeleted' };
  if (!triggers) return;
  await Promise.all(Array.from({ length: count }, () => triggers.deliver(event)));
}
