/** What the SDK and the queue do by default: a 429 fails the invocation, five failures are the end. */
import type { Fleet, Strategy } from '../fleet.ts';

/** Source: host.json of the queues extension, maxDequeueCount, 2026-11-23. */
const maxDeliveryCount = 5;
const redeliveryMs = 50;

export function sdk(fleet: Fleet): Strategy {
  return {
    start() {},
    submit(instance, item) {
      fleet.call(instance, item, (isAccepted) => {
        if (isAccepted) return;
        item.isPoisoned = item.deliveryCount >= maxDeliveryCount;
        fleet.giveBack(instance, item, redeliveryMs);
      });
    },
  };
}
