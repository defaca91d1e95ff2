/**
 * One process of the crew: the production pipeline, over ports that outlive it. At its kill point it
 * ends itself with SIGKILL: nothing is flushed, closed or told.
 */
import { randomUUID } from 'node:crypto';
import { readSize } from '../../shared/adapters/imageHeader/readSize.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { mapBounded } from '../../shared/adapters/system/mapBounded.ts';
import type { Budget, PipelineDeps } from '../../shared/pipeline/deps.ts';
import { drainDeferred } from '../../shared/pipeline/drainDeferred.ts';
import { processBatch } from '../../shared/pipeline/processBatch.ts';
import { sweepLedger } from '../../shared/pipeline/sweepLedger.ts';
import { unlimited } from '../../shared/quota/unlimited.ts';
import { withSteps } from '../steps.ts';
import { killAt } from './killPoint.ts';
import { photoAccount, photosContainer } from './photoNames.ts';
import { portsOf } from './ports.ts';
import { remotePorts } from './remotePorts.ts';
import type { ToParent, ToWorker, WorkerSetup } from './wire.ts';

/** As an app that is set to eight photos in flight. */
const inFlightCount = 8;

const setup: WorkerSetup = JSON.parse(process.argv[2] ?? '');
const remote = remotePorts(tell);
const ports = await portsOf(setup, remote);
const deps: PipelineDeps = withSteps(
  {
    ...ports,
    clock: systemClock,
    quota: unlimited(systemClock.nowMs),
    random: Math.random,
    newId: randomUUID,
    claimTtlMs: setup.claimTtlMs,
    readSize,
    mapBounded: mapBounded(inFlightCount),
    approved: { account: photoAccount, containers: [photosContainer] },
    inlineContainer: photosContainer,
    budgets: { ageMs: 24 * 3_600_000, attemptCount: 100 },
    reviewBelowConfidence: 0.7,
  },
  killAt(setup.killPoint),
);
const budget: Budget = {
  startUntilMs: Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
};

process.on('message', (message: ToWorker) => {
  if (message.kind === 'answer') remote.answered(message);
  else void work(message);
});
process.once('disconnect', () => process.exit());
tell({ kind: 'ready' });

async function work(message: Exclude<ToWorker, { kind: 'answer' }>): Promise<void> {
  switch (message.kind) {
    case 'works':
      await processBatch(deps, message.works, budget);
      break;
    case 'message':
      await drainDeferred(deps, JSON.parse(message.text), budget);
      break;
    case 'sweep':
      await sweepLedger(deps, budget);
      break;
  }
  tell({ kind: 'done', deliveryId: message.deliveryId });
}

function tell(message: ToParent): void {
  process.send?.(message);
}
