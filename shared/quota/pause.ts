/** Stops all calls of the fleet, with a reason, until somebody lifts it. For people and their commands. */
import { PipelineError } from '../errors.ts';
import type { QuotaLimits } from './limits.ts';
import {
  firstState,
  maxReasonBytes,
  type QuotaState,
  readState,
  writeState,
} from './quotaState.ts';
import type { QuotaStore } from './quotaStore.ts';

/** A busy fleet writes a few times a second: somebody else is first now and then. */
const maxTryCount = 20;

/**
 * @param reason - empty lifts the pause; cut to 32 bytes.
 * @throws PipelineError `STORE_UNAVAILABLE`, `DOCUMENT_INVALID`
 */
export async function setPause(
  store: QuotaStore,
  reason: string,
  limits: QuotaLimits,
  nowMs: number,
): Promise<QuotaState> {
  for (let tryCount = 0; tryCount < maxTryCount; tryCount += 1) {
    const { found } = await store.get();
    const state = found ? readState(found.text) : firstState(nowMs, limits);
    if (!state) throw notOurs(store.path);
    const changed = { ...state, pausedBecause: cut(reason) };
    const answer = await store.compareAndSwap(writeState(changed), found?.etag);
    if (answer.kind === 'swapped') return changed;
  }
  const details = { operation: 'pause calls', path: store.path };
  throw new PipelineError('STORE_UNAVAILABLE', 'others were first each time', details);
}

/** Never written over: it may be a newer version's. */
export function notOurs(path: string): PipelineError {
  const problems = ['it is no quota state of a known version'];
  const message = `${path} is no quota document of a known version`;
  return new PipelineError('DOCUMENT_INVALID', message, { path, problems });
}

function cut(reason: string): string {
  let text = reason.trim();
  while (Buffer.byteLength(JSON.stringify(text)) > maxReasonBytes + 2) text = text.slice(0, -1);
  return text;
}
