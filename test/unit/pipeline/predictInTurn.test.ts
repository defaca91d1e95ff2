import { describe, expect, it } from 'vitest';
import { processBatch } from '../../../shared/pipeline/processBatch.ts';
import type { PredictionAnswer } from '../../../shared/prediction/predictor.ts';
import type { Governor, SlotWish } from '../../../shared/quota/governor.ts';
import type { SlotAnswer } from '../../../shared/quota/keeper.ts';
import type { CallOutcome } from '../../../shared/quota/slotKeeper.ts';
import { unlimited } from '../../../shared/quota/unlimited.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  ampleBudget,
  failed,
  photoRef,
  pipelineAnswering,
  scratch,
  startMs,
  throttled,
  uploadOf,
} from '../../helpers/pipeline.ts';

const jpeg = await goodPhoto();

/** Gives slots at once, or what it is told; notes what was wished for and what was reported. */
function withTurns(answers: readonly PredictionAnswer[], turns: readonly SlotAnswer[] = []) {
  const pipeline = pipelineAnswering(...answers);
  const wishes: SlotWish[] = [];
  const reports: [number, CallOutcome['kind']][] = [];
  const free = unlimited(pipeline.deps.clock.nowMs);
  const quota: Governor = {
    ...free,
    waitBudgetMs: 20_000,
    async acquire(wish) {
      wishes.push(wish);
      pipeline.passTime(Math.max(0, wish.notBeforeMs - pipeline.deps.clock.nowMs()));
      const slot = { atMs: wishes.length, lane: wish.lane, generation: 0 };
      return turns[wishes.length - 1] ?? { kind: 'slot', slot };
    },
    report: (slot, { kind }) => void reports.push([slot.atMs, kind]),
  };
  pipeline.photos.upload(photoRef, { bytes: jpeg });
  const process = (change = {}) =>
    processBatch({ ...pipeline.deps, quota }, [uploadOf(photoRef, change)], ampleBudget);
  return { ...pipeline, wishes, reports, process };
}

const parked = (code: 'QUOTA_BUSY' | 'QUOTA_EXHAUSTED' | 'QUOTA_PAUSED'): SlotAnswer => ({
  kind: 'parkUntil',
  code,
  detail: 'x',
  atMs: startMs + 30_000,
});

describe('a photo', () => {
  it('takes one slot for one call and tells what became of it', async () => {
    const { process, wishes, reports } = withTurns([scratch]);

    await process();

    expect(wishes).toMatchObject([
      { lane: 'live', sinceMs: startMs, deadlineMs: startMs + 20_000 },
    ]);
    expect(reports).toEqual([[1, 'accepted']]);
  });

  it('that was refused waits as told and half as much again, then calls on a new slot', async () => {
    const { process, wishes, reports, calls } = withTurns([throttled(2_000), scratch]);

    const fates = await process();

    expect(fates).toMatchObject([{ kind: 'settled', document: { outcome: 'predicted' } }]);
    expect(calls()).toBe(2);
    expect(wishes.map(({ notBeforeMs, sinceMs }) => [notBeforeMs, sinceMs])).toEqual([
      [startMs, startMs],
      [startMs + 3_000, startMs],
    ]);
    expect(reports).toEqual([
      [1, 'refused'],
      [2, 'accepted'],
    ]);
  });

  it('that is refused again and again is parked once its wait budget is spent', async () => {
    const { process, calls, deferrals } = withTurns([throttled(4_000)]);

    await process();

    // At 0, 6, 12 and 18 s; the next would be at 24.
    expect(calls()).toBe(4);
    expect(deferrals.sent).toHaveLength(1);
  });

  it('without a slot in time is parked until there may be one, uncalled', async () => {
    const { process, calls, deferrals } = withTurns([scratch], [parked('QUOTA_BUSY')]);

    const fates = await process();

    expect(calls()).toBe(0);
    expect(fates).toMatchObject([{ failure: { class: 'throttled', code: 'QUOTA_BUSY' } }]);
    expect(deferrals.sent[0]?.delayMs).toBeGreaterThanOrEqual(30_000);
  });

  it('that waits for its slot waits no longer once the process is to end', async () => {
    const { deps, photos, calls, deferrals } = pipelineAnswering(scratch);
    photos.upload(photoRef, { bytes: jpeg });
    const ending = new AbortController();
    const quota: Governor = {
      ...deps.quota,
      waitBudgetMs: 20_000,
      acquire: ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(parked('QUOTA_BUSY')), { once: true });
          ending.abort();
        }),
    };
    const budget = { ...ampleBudget, stopping: ending.signal };

    const fates = await processBatch({ ...deps, quota }, [uploadOf(photoRef)], budget);

    expect(fates).toMatchObject([{ failure: { code: 'STOPPING' } }]);
    expect([calls(), deferrals.sent.length]).toEqual([0, 1]);
  });

  it('waits for the month to end where it is spent', async () => {
    const { process } = withTurns([scratch], [parked('QUOTA_EXHAUSTED')]);

    expect(await process()).toMatchObject([{ failure: { class: 'quotaExhausted' } }]);
  });

  it('says that the service calls the month spent', async () => {
    const spent = failed({ class: 'quotaExhausted', code: 'x', detail: 'x', retryAfterMs: 1 });
    const { process, reports } = withTurns([spent]);

    await process();

    expect(reports).toEqual([[1, 'exhausted']]);
  });

  it.each([
    [{}, 'live'],
    [{ source: { trigger: 'capture', context: {} } }, 'line'],
    [{ deferralCount: 1 }, 'drained'],
    [{ deferralCount: 1, lane: 'backfill' }, 'backfill'],
    [{ lane: 'unheard of' }, 'live'],
  ])('known as %j takes its slot from the lane %s', async (change, lane) => {
    const { process, wishes } = withTurns([scratch]);

    await process(change);

    expect(wishes).toMatchObject([{ lane }]);
  });

  it('keeps how long it has waited for its turn', async () => {
    const { process, outcomes } = withTurns([throttled(1_000), scratch]);

    await process();

    const [document] = [...outcomes.documents.values()];
    expect(document?.timings).toMatchObject({ slotMs: 1_500 });
  });

  it('asks for no slot while the breaker is open', async () => {
    const { deps, photos } = pipelineAnswering(
      failed({ class: 'misconfigured', code: 'BREAKER_OPEN', detail: 'x' }),
    );
    photos.upload(photoRef, { bytes: jpeg });
    let slotCount = 0;
    const quota: Governor = {
      ...deps.quota,
      acquire: (wish) => {
        slotCount += 1;
        return deps.quota.acquire(wish);
      },
    };
    const gate = { state: () => ({ open: true, code: 'HTTP_401' }) };
    const predictor = { ...deps.predictor, gate };

    await processBatch({ ...deps, predictor, quota }, [uploadOf(photoRef)], ampleBudget);

    expect(slotCount).toBe(0);
  });
});
