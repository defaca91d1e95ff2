/** What several scenarios do. */
import type { Ground } from '../ground.ts';

/** A few photos, and every timer: enough for each signal to say that all is well. */
export async function everydayWork(ground: Ground): Promise<void> {
  await ground.settled(await ground.upload(5));
  for (const timer of ['probeEndpoint', 'sweepLedger', 'reconcilePhotos', 'reportQuota'] as const) {
    await ground.run(timer);
  }
}

/** Where no prediction may be paid: photos that are none. */
export async function unpaidWork(ground: Ground): Promise<void> {
  await ground.settled(await ground.upload(2, notAPhoto));
  await ground.run('reportQuota');
}

export const notAPhoto = Buffer.from('an answer of some gateway, saved as a photo');

export function fault(
  ground: Ground,
  part: 'prediction' | 'storage' | 'eventHubs',
  order: Readonly<Record<string, unknown>> & { readonly name: string },
): Promise<void> {
  return ground.order(part, 'POST', 'faults', order);
}

export function noFaults(
  ground: Ground,
  part: 'prediction' | 'storage' | 'eventHubs',
): Promise<void> {
  return ground.order(part, 'DELETE', 'faults');
}
