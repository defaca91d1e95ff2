/** What a second delivery of a photo does, whatever the first has come to. */
import { describe, expect, it, vi } from 'vitest';
import { withSteps } from '../../../bench/steps.ts';
import { processPhoto } from '../../../shared/pipeline/processPhoto.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import { crashAt, withPhoto } from '../../helpers/mortalPipeline.ts';
import { ampleBudget, photoRef, scratch, startMs, uploadOf } from '../../helpers/pipeline.ts';

const ttlMs = 120_000;
const work = uploadOf(photoRef);
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
