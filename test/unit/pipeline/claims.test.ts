/** The rules of claim and outcome, branch by branch. */
import { describe, expect, it, vi } from 'vitest';
import { type StepName, withSteps } from '../../../bench/steps.ts';
import { deferredMessageSchema } from '../../../shared/deferral/deferredPhoto.ts';
import { PipelineError } from '../../../shared/errors.ts';
import { drainDeferred } from '../../../shared/pipeline/drainDeferred.ts';
import { processBatch } from '../../../shared/pipeline/processBatch.ts';
import { processPhoto } from '../../../shared/pipeline/processPhoto.ts';
import type { PredictionAnswer } from '../../../shared/prediction/predictor.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  ampleBudget,
  photoRef,
  pipelineAnswering,
  scratch,
  startMs,
  throttled,
  uploadOf,
} from '../../helpers/pipeline.ts';

const jpeg = await goodPhoto();
const ttlMs = 120_000;
const work = uploadOf(photoRef);
const storeAway = new PipelineError('STORE_UNAVAILABLE', 'x', { operation: 'x', path: 'x' });
const hubAway = new PipelineError('EVENTS_UNAVAILABLE', 'x', { hub: 'predictions' });
/** The process ends: nothing after this point happens, not even tidying up. */
const crash = new Error('crash');

function withPhoto(...answers: readonly PredictionAnswer[]) {
  const pipeline = pipelineAnswering(...answers);
  const etag = pipeline.photos.upload(photoRef, { bytes: jpeg });
  return { ...pipeline, etag };
}

type Pipeline = ReturnType<typeof withPhoto>;

/** Everything after the named step fails, as in a process that is gone. */
async function crashAt({ deps }: Pipeline, step: StepName, phase: 'before' | 'after') {
  let isGone = false;
  const mortal = withSteps(deps, (name, at) => {
    isGone ||= name === step && at === phase;
    if (isGone) throw crash;
  });
  await expect(processPhoto(mortal, work, ampleBudget)).rejects.toBe(crash);
}

it('goes through its steps in the order that makes a crash harmless', async () => {
  const { deps } = withPhoto(scratch);
  const steps: StepName[] = [];

  const noted = withSteps(deps, (step, phase) => void (phase === 'before' && steps.push(step)));
  await processBatch(noted, [work], ampleBudget);

  expect(steps).toEqual(
    'open claim lookup read check slot predict outcome publish release'.split(' '),
  );
});

it('holds a claim with the work in it while a photo is predicted, and none afterwards', async () => {
  const { deps, claims, etag } = withPhoto(scratch);
  const seen: unknown[] = [];
  const watched = withSteps(
    deps,
    (step) => void (step === 'predict' && seen.push(...claims.claims.values())),
  );

  await processPhoto(watched, work, ampleBudget);

  expect(seen[0]).toMatchObject({
    ttlMs,
    work: { photo: { ...photoRef, etag }, firstSeenAtMs: startMs },
  });
  expect(claims.claims.size).toBe(0);
});

describe('a second delivery', () => {
  it('waits for the rest of the claim while the first is being predicted, and is never paid', async () => {
    const pipeline = withPhoto(scratch);
    const { deps, passTime, calls } = pipeline;
    let second: unknown;
    const meanwhile = withSteps(deps, async (step, phase) => {
      if (step !== 'predict' || phase !== 'before') return;
      passTime(30_000);
      second = await processPhoto(deps, work, ampleBudget);
    });

    const first = await processPhoto(meanwhile, work, ampleBudget);

    expect(first).toMatchObject({ kind: 'settled', isNew: true });
    const failure = { class: 'inFlight', code: 'CLAIM_HELD', retryAfterMs: 90_000 };
    expect(second).toMatchObject({ kind: 'waiting', failure });
    expect(calls()).toBe(1);
  });

  it('finds an outcome without a claim: it was announced, and is not again', async () => {
    const { deps, events, claims } = withPhoto(scratch);
    await processPhoto(deps, work, ampleBudget);

    const again = await processPhoto(deps, work, ampleBudget);

    expect(again).toMatchObject({ kind: 'settled', isNew: false });
    expect(events.published).toHaveLength(1);
    expect(claims.claims.size).toBe(0);
  });

  it.each(['publish', 'release'] as const)(
    'announces an outcome whose claim was left by a crash before %s, and releases it',
    async (step) => {
      const pipeline = withPhoto(scratch);
      await crashAt(pipeline, step, 'before');
      const { deps, events, claims, outcomes, calls } = pipeline;
      expect([outcomes.documents.size, claims.claims.size]).toEqual([1, 1]);

      const again = await processPhoto(deps, work, ampleBudget);

      expect(again).toMatchObject({ kind: 'settled', isNew: false });
      expect(new Set(events.published.map(({ id }) => id)).size).toBe(1);
      expect(claims.claims.size).toBe(0);
      expect(calls()).toBe(1);
    },
  );

  it('announces nothing beside the claim of one who ended when it had only looked', async () => {
    const pipeline = withPhoto(scratch);
    const { deps, events, claims } = pipeline;
    await processPhoto(deps, work, ampleBudget);
    await crashAt(pipeline, 'lookup', 'after');
    expect(claims.claims.size).toBe(1);

    const again = await processPhoto(deps, work, ampleBudget);

    expect(again).toMatchObject({ kind: 'settled', isNew: false });
    expect([events.published.length, claims.claims.size]).toEqual([1, 0]);
  });

  it('announces what an earlier version wrote beside whosever claim: it does not say under which', async () => {
    const pipeline = withPhoto(scratch);
    const { deps, events, outcomes } = pipeline;
    await processPhoto(deps, work, ampleBudget);
    await crashAt(pipeline, 'lookup', 'after');
    const find: typeof outcomes.find = async (...call) => {
      const document = await outcomes.find(...call);
      return document && { ...document, claimOwner: undefined };
    };

    await processPhoto({ ...deps, outcomes: { ...outcomes, find } }, work, ampleBudget);

    expect(events.published).toHaveLength(2);
  });

  it('announces nothing that its owner announced and released meanwhile', async () => {
    const { deps, events, claims } = withPhoto(scratch);
    const lookedUp = Promise.withResolvers<void>();
    let second: Promise<unknown> | undefined;
    const looksLong = withSteps(deps, async (step, phase) => {
      if (step === 'lookup' && phase === 'before') await lookedUp.promise;
    });
    const meanwhile = withSteps(deps, async (step, phase) => {
      if (step === 'publish' && phase === 'before') {
        second = processPhoto(looksLong, work, ampleBudget);
        await vi.waitUntil(() => claims.claims.size === 1);
      }
    });

    await processPhoto(meanwhile, work, ampleBudget);
    lookedUp.resolve();

    expect(await second).toMatchObject({ kind: 'settled', isNew: false });
    expect([events.published.length, claims.claims.size]).toEqual([1, 0]);
  });

  it('announces at once with another what a crash left, only the one of them that renews its claim', async () => {
    const pipeline = withPhoto(scratch);
    await crashAt(pipeline, 'publish', 'before');
    const { deps, events, claims } = pipeline;

    await Promise.all([1, 2, 3].map(() => processPhoto(deps, work, ampleBudget)));

    expect([events.published.length, claims.claims.size]).toEqual([1, 0]);
  });

  it('announces what one left that ended itself when it was about to announce it for a crash', async () => {
    const pipeline = withPhoto(scratch);
    await crashAt(pipeline, 'publish', 'before');
    await crashAt(pipeline, 'publish', 'before');
    const { deps, events, claims } = pipeline;

    await processPhoto(deps, work, ampleBudget);

    expect([events.published.length, claims.claims.size]).toEqual([1, 0]);
  });

  it('takes over a claim without an outcome once it has expired, not a moment sooner', async () => {
    const pipeline = withPhoto(scratch);
    await crashAt(pipeline, 'predict', 'after');
    const { deps, passTime, claims, outcomes, events, calls } = pipeline;

    passTime(ttlMs - 1);
    const early = await processPhoto(deps, work, ampleBudget);
    passTime(1);
    const due = await processPhoto(deps, work, ampleBudget);

    expect(early).toMatchObject({ kind: 'waiting', failure: { retryAfterMs: 1 } });
    expect(due).toMatchObject({ kind: 'settled', isNew: true });
    expect([outcomes.documents.size, events.published.length, claims.claims.size]).toEqual([
      1, 1, 0,
    ]);
    expect(calls()).toBe(2);
  });

  it('leaves an expired claim to the one of two that takes it over first', async () => {
    const pipeline = withPhoto(scratch);
    await crashAt(pipeline, 'predict', 'before');
    const { deps, passTime, calls } = pipeline;
    passTime(ttlMs);

    const fates = await Promise.all([1, 2].map(() => processPhoto(deps, work, ampleBudget)));

    expect(fates.map(({ kind }) => kind).sort()).toEqual(['settled', 'waiting']);
    expect(calls()).toBe(1);
  });

  it('finds the outcome of a version that was overwritten on another day', async () => {
    const { deps, photos, outcomes, passTime, etag } = withPhoto(scratch);
    const pointer = uploadOf({ ...photoRef, etag }, { firstSeenAtMs: startMs + 20 * 3_600_000 });
    const first = await processPhoto(deps, pointer, ampleBudget);
    passTime(24 * 3_600_000);
    photos.upload(photoRef, { bytes: await goodPhoto(0.9) });

    const again = await processPhoto(deps, pointer, ampleBudget);

    expect(again).toEqual({ ...first, isNew: false });
    expect([...outcomes.documents.keys()]).toEqual([expect.stringMatching(/^parts\/2026-11-24\//)]);
  });
});

describe('a photo that has to wait', () => {
  it('gives its claim back before it is parked', async () => {
    const { deps, claims, deferrals } = withPhoto(throttled());
    const held: number[] = [];
    const watched = withSteps(
      deps,
      (step) => void (step === 'park' && held.push(claims.claims.size)),
    );

    await processBatch(watched, [work], ampleBudget);

    expect(held[0]).toBe(0);
    expect(deferrals.sent).toHaveLength(1);
  });

  it('is noted in the ledger with when it comes back', async () => {
    const { deps, entries, outcomes } = withPhoto(throttled(2_000));

    await processBatch(deps, [work], ampleBudget);

    const [entry] = entries.entries.values();
    expect(entry).toEqual({
      blobName: expect.stringMatching(/^parts\/2026-11-24\//),
      parkedUntilMs: startMs + 2_500,
    });
    expect(outcomes.documents.size).toBe(0);
  });

  it('gives its claim back when storage fails before anything was decided', async () => {
    const { deps, claims } = withPhoto(scratch);
    const photos = { ...deps.photos, read: () => Promise.reject(storeAway) };

    await expect(processPhoto({ ...deps, photos }, work, ampleBudget)).rejects.toBe(storeAway);

    expect(claims.claims.size).toBe(0);
  });

  it('keeps its claim when the outcome may have been written', async () => {
    const { deps, claims, events, deferrals } = withPhoto(scratch);
    const lost = withSteps(deps, (step, phase) => {
      if (step === 'outcome' && phase === 'after') throw storeAway;
    });

    await processBatch(lost, [work], ampleBudget);
    const kept = claims.claims.size;
    await drainDeferred(deps, JSON.parse(deferrals.sent[0]?.text ?? ''), ampleBudget);

    expect(kept).toBe(1);
    expect(events.published).toHaveLength(1);
    expect(claims.claims.size).toBe(0);
  });

  it('parks a duplicate for as long as the claim of the other lasts', async () => {
    const pipeline = withPhoto(scratch);
    await crashAt(pipeline, 'predict', 'before');
    const { deps, deferrals } = pipeline;

    await processBatch(deps, [work], ampleBudget);

    const [message = { text: '{}', delayMs: 0 }] = deferrals.sent;
    expect(message.delayMs).toBe(121_000);
    const parked = deferredMessageSchema.parse(JSON.parse(message.text));
    expect(parked.parkedBecause).toEqual(['CLAIM_HELD']);
  });
});

describe('a claim that is held for long', () => {
  it('is renewed before the call once half its life is spent', async () => {
    const { deps, claims, passTime } = withPhoto(scratch);
    const remaining: (number | undefined)[] = [];
    const slow = withSteps(deps, async (step, phase) => {
      if (step === 'read' && phase === 'before') passTime(ttlMs / 2);
      if (step !== 'predict' || phase !== 'before') return;
      const [key = ''] = claims.claims.keys();
      remaining.push((await claims.find(key, ampleBudget.signal))?.remainingMs);
    });

    const fate = await processPhoto(slow, work, ampleBudget);

    expect(fate).toMatchObject({ kind: 'settled' });
    expect(remaining).toEqual([ttlMs]);
    expect(claims.claims.size).toBe(0);
  });

  it('counts its life from when it was asked for, however late the answer came', async () => {
    const { deps, claims, passTime } = withPhoto(scratch);
    const remaining: (number | undefined)[] = [];
    let answerCount = 0;
    const slow = withSteps(deps, async (step, phase) => {
      if (step === 'claim' && phase === 'after' && (answerCount += 1) === 1) passTime(ttlMs / 2);
      if (step !== 'predict' || phase !== 'before') return;
      const [key = ''] = claims.claims.keys();
      remaining.push((await claims.find(key, ampleBudget.signal))?.remainingMs);
    });

    await processPhoto(slow, work, ampleBudget);

    expect(remaining).toEqual([ttlMs]);
  });

  it('writes nothing once somebody else has taken it over', async () => {
    const { deps, passTime, outcomes, events } = withPhoto(scratch);
    const slow = withSteps(deps, async (step, phase) => {
      if (step !== 'predict' || phase !== 'after') return;
      passTime(ttlMs);
      await processPhoto(deps, work, ampleBudget);
    });

    const fate = await processPhoto(slow, work, ampleBudget);

    expect(fate).toMatchObject({ kind: 'waiting', failure: { class: 'inFlight' } });
    expect([outcomes.documents.size, events.published.length]).toEqual([1, 1]);
  });
});

it('counts a photo as settled though its claim could not be released', async () => {
  const { deps, claims } = withPhoto(scratch);
  const store = { ...deps.claims, release: () => Promise.reject(storeAway) };

  const fate = await processPhoto({ ...deps, claims: store }, work, ampleBudget);

  expect(fate).toMatchObject({ kind: 'settled', isNew: true });
  expect(claims.claims.size).toBe(1);
});

it('leaves the claim as the pointer to what is to be announced while the hub is away', async () => {
  const { deps, claims } = withPhoto(scratch);
  const events = { ...deps.events, publish: () => Promise.reject(hubAway) };

  await expect(processPhoto({ ...deps, events }, work, ampleBudget)).rejects.toBe(hubAway);

  expect(claims.claims.size).toBe(1);
});
