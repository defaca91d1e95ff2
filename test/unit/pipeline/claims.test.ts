/** The rules of claim and outcome, branch by branch. */
import { describe, expect, it } from 'vitest';
import { type StepName, withSteps } from '../../../bench/steps.ts';
import { deferredMessageSchema } from '../../../shared/deferral/deferredPhoto.ts';
import { PipelineError } from '../../../shared/errors.ts';
import { drainDeferred } from '../../../shared/pipeline/drainDeferred.ts';
import { processBatch } from '../../../shared/pipeline/processBatch.ts';
import { processPhoto } from '../../../shared/pipeline/processPhoto.ts';
import { crashAt, withPhoto } from '../../helpers/mortalPipeline.ts';
import {
  ampleBudget,
  photoRef,
  scratch,
  startMs,
  throttled,
  uploadOf,
} from '../../helpers/pipeline.ts';

const ttlMs = 120_000;
const work = uploadOf(photoRef);
const storeAway = new PipelineError('STORE_UNAVAILABLE', 'x', { operation: 'x', path: 'x' });
const hubAway = new PipelineError('EVENTS_UNAVAILABLE', 'x', { hub: 'predictions' });
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
