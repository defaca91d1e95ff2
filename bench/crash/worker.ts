/**
 * One process of the crew: the production pipeline, over ports that outlive it. At its kill point it
 * ends itself with SIGKILL: nothing is flushed, closed or told.
 */
import { flushCompileCache } from 'node:module';
import type { ClaimStore } from '../../shared/ledger/claimStore.ts';
import { withSteps } from '../steps.ts';
import { killAt } from './killPoint.ts';
import { portsOf } from './ports.ts';
import { remotePorts } from './remotePorts.ts';
import { performLoad, standing } from './standing.ts';
import { realTime } from './time.ts';
import type { ToParent, ToWorker, WorkerSetup } from './wire.ts';

const setup: WorkerSetup = JSON.parse(process.argv[2] ?? '');
const remote = remotePorts(tell);
const ports = await portsOf(setup, remote);
let claimingMs: number[] = [];
const claims = { ...ports.claims, take: timed(ports.claims.take) };
const deps = withSteps(
  { ...standing(realTime), ...ports, claims, claimTtlMs: setup.claimTtlMs },
  killAt(setup.killPoint),
);

process.on('message', (message: ToWorker) => {
  if (message.kind === 'answer') remote.answered(message);
  else void work(message);
});
process.once('disconnect', () => process.exit());
tell({ kind: 'ready' });
// SIGKILL leaves no time for it: what the first have compiled is for all that follow.
flushCompileCache();

async function work({ deliveryId, load }: Extract<ToWorker, { kind: 'delivery' }>): Promise<void> {
  await performLoad(deps, load);
  tell({ kind: 'done', deliveryId, claimingMs });
  claimingMs = [];
}

function timed(take: ClaimStore['take']): ClaimStore['take'] {
  return async (...call) => {
    const startedAtMs = performance.now();
    const taken = await take(...call);
    claimingMs.push(performance.now() - startedAtMs);
    return taken;
  };
}

function tell(message: ToParent): void {
  process.send?.(message);
}
