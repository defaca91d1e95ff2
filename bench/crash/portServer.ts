/** The parent's end of the ports: carries out what a process of the crew asks for. */

import type { DeferralQueue } from '../../shared/deferral/deferralQueue.ts';
import type { Predictor } from '../../shared/prediction/predictor.ts';
import type { EventPublisher } from '../../shared/results/eventPublisher.ts';
import type { Archive } from './archive.ts';
import type { PortName, ToParent } from './wire.ts';

export interface ServedPorts {
  readonly stores: Archive['stores'];
  readonly model: Pick<Predictor, 'predict'>;
  readonly events: Pick<EventPublisher, 'publish'>;
  readonly deferrals: Pick<DeferralQueue, 'send'>;
}

const ample = new AbortController().signal;

export async function serve(
  { stores, model, events, deferrals }: ServedPorts,
  { port, method, input }: Extract<ToParent, { kind: 'call' }>,
): Promise<unknown> {
  const ports: Readonly<Record<PortName, object>> = { ...stores, model, events, deferrals };
  const called: unknown = Reflect.get(ports[port], method);
  if (typeof called !== 'function') throw new Error(`no ${port}.${method} in the bench`);
  const result: unknown = Reflect.apply(called, ports[port], [...input, ample]);
  return isAsyncIterable(result) ? Array.fromAsync(result) : result;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
