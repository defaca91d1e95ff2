/**
 * Waits for a hub that is away. The SDK's own reader would say nothing and ask again only after its
 * built-in 30 s, whatever `clientRetryOptions` say.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { EventHubConsumerClient } from '@azure/event-hubs';
import { messageOf } from '../../../../shared/errors.ts';
import type { ListenerContext } from '../listener.ts';

const pauseMs = 1_000;

export interface HubWait extends Pick<ListenerContext, 'log'> {
  readonly signal: AbortSignal;
}

/** @returns false where the signal came first. */
export async function reachedHub(
  client: EventHubConsumerClient,
  { signal, log }: HubWait,
): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await client.getPartitionIds({ abortSignal: signal });
      return true;
    } catch (error) {
      if (signal.aborted) break;
      log('warning', `event hub ${client.eventHubName} can't be reached: ${messageOf(error)}`);
    }
    await delay(pauseMs, undefined, { signal }).catch(() => {});
  }
  return false;
}
