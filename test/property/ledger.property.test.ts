/** One photo, delivered any number of times, in any order of steps, with processes that end anywhere. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type StepName, withSteps } from '../../bench/steps.ts';
import { drainDeferred } from '../../shared/pipeline/drainDeferred.ts';
import { processBatch } from '../../shared/pipeline/processBatch.ts';
import { sweepLedger } from '../../shared/pipeline/sweepLedger.ts';
import type { PredictionAnswer } from '../../shared/prediction/predictor.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';
import {
  endlessBudget,
  photoRef,
  pipelineAnswering,
  scratch,
  throttled,
  uploadOf,
} from '../helpers/pipeline.ts';

const jpeg = await goodPhoto();
const ttlMs = 120_000;
const work = uploadOf(photoRef);
const stepNames: readonly StepName[] = [
  'open',
  'claim',
  'lookup',
  'read',
  'predict',
  'outcome',
  'publish',
  'release',
  'note',
  'park',
];

/** Where a delivery's process ends; never, where undefined. */
interface Death {
  readonly step: StepName;
  readonly phase: 'before' | 'after';
}

const death = fc.record({
  step: fc.constantFrom(...stepNames),
  phase: fc.constantFrom('before' as const, 'after' as const),
});
const deliveries = fc.array(fc.option(death, { nil: undefined, freq: 3 }), {
  minLength: 1,
  maxLength: 5,
});
/** What the endpoint says before it goes on answering. */
const answers = fc.array(fc.constantFrom(scratch, throttled()), { maxLength: 4 });

function photoIn(first: readonly PredictionAnswer[]) {
  const pipeline = pipelineAnswering(...first, scratch);
  pipeline.photos.upload(photoRef, { bytes: jpeg });
  return pipeline;
}

type Pipeline = ReturnType<typeof photoIn>;

/** One after another. @returns how many ended between the hub's word and the end of their claim. */
async function deliverInTurn({ deps }: Pipeline, deaths: readonly (Death | undefined)[]) {
  let tellingCount = 0;
  for (const at of deaths) {
    let isGone = false;
    let isTelling = false;
    const mortal = withSteps(deps, (step, phase) => {
      if (isGone) throw new Error('crash');
      if (step === 'publish') isTelling = phase === 'after';
      if (step === 'release' && phase === 'after') isTelling = false;
      isGone = step === at?.step && phase === at.phase;
      if (isGone) throw new Error('crash');
    });
    await processBatch(mortal, [work], endlessBudget).catch(() => {});
    if (isGone && isTelling) tellingCount += 1;
  }
  return tellingCount;
}

/** Runs all deliveries at once, their steps in the scheduler's order. @returns how many died. */
async function deliver(
  { deps, passTime }: Pipeline,
  deaths: readonly (Death | undefined)[],
  scheduler: fc.Scheduler,
  stepMs: number,
): Promise<number> {
  const runs = deaths.map(async (at) => {
    let isGone = false;
    const scheduled = withSteps(deps, async (step, phase) => {
      if (step !== 'check') await scheduler.schedule(Promise.resolve(), `${step} ${phase}`);
      isGone ||= step === at?.step && phase === at.phase;
      if (isGone) throw new Error('crash');
      passTime(stepMs);
    });
    await processBatch(scheduled, [work], endlessBudget).catch(() => {});
    return isGone;
  });
  const gone = await scheduler.waitFor(Promise.all(runs));
  return gone.filter(Boolean).length;
}

/**
 * What timer and queue do later: sweep, bring parked messages back. The transport delivers again
 * only where nothing else knows of the photo: a claim alone must be enough.
 */
async function settleDown({ deps, deferrals, passTime, claims, outcomes }: Pipeline) {
  const traces = claims.claims.size + outcomes.documents.size + deferrals.sent.length;
  if (traces === 0) await processBatch(deps, [work], endlessBudget);
  let readCount = 0;
  for (let round = 0; round < 10; round += 1) {
    passTime(ttlMs);
    await sweepLedger(deps, endlessBudget);
    const due = deferrals.sent.slice(readCount);
    readCount += due.length;
    for (const { text } of due) await drainDeferred(deps, JSON.parse(text), endlessBudget);
    if (due.length === 0 && claims.claims.size === 0) return;
  }
}

function expectOneOutcome({ outcomes, events, claims }: Pipeline) {
  const keys = [...outcomes.documents.values()].map(({ outcomeKey }) => outcomeKey);
  expect(keys).toHaveLength(1);
  expect(new Set(events.published.map(({ id }) => id))).toEqual(new Set(keys));
  expect(claims.claims.size).toBe(0);
}

it('makes one announced outcome, and pays once and at most once more for each crash', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, answers, fc.scheduler(), async (deaths, first, scheduler) => {
      const pipeline = photoIn(first);

      const crashCount = await deliver(pipeline, deaths, scheduler, 0);
      await settleDown(pipeline);

      expectOneOutcome(pipeline);
      const refusedCount = first.filter((answer) => answer !== scratch).length;
      expect(pipeline.calls()).toBeLessThanOrEqual(1 + refusedCount + crashCount);
    }),
    { numRuns: 300 },
  );
});

it('makes one announced outcome even where claims expire under those who hold them', async () => {
  const slow = fc.integer({ min: 1, max: ttlMs });
  const trouble = fc.record({ deaths: deliveries, first: answers, stepMs: slow });
  await fc.assert(
    fc.asyncProperty(trouble, fc.scheduler(), async ({ deaths, first, stepMs }, scheduler) => {
      const pipeline = photoIn(first);

      const crashCount = await deliver(pipeline, deaths, scheduler, stepMs);
      await settleDown(pipeline);
      // What died had not been acknowledged. A slow owner can leave nothing else that tells of it.
      if (crashCount > 0) await processBatch(pipeline.deps, [work], endlessBudget);

      expectOneOutcome(pipeline);
    }),
    { numRuns: 600 },
  );
});

it('announces again only what died between the hub’s word and the end of its claim', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, answers, async (deaths, first) => {
      const pipeline = photoIn(first);

      const tellingCount = await deliverInTurn(pipeline, deaths);
      await settleDown(pipeline);

      expectOneOutcome(pipeline);
      expect(pipeline.events.published.length).toBeLessThanOrEqual(1 + tellingCount);
    }),
    { numRuns: 500 },
  );
});

it('lets the mark of an entry only go on, from none to unsure to made, whoever writes it', async () => {
  const slow = fc.integer({ min: ttlMs / 8, max: ttlMs });
  const trouble = fc.record({ deaths: deliveries, first: answers, stepMs: slow });
  await fc.assert(
    fc.asyncProperty(trouble, fc.scheduler(), async ({ deaths, first, stepMs }, scheduler) => {
      const pipeline = photoIn([...first, throttled()]);
      const ranks: number[] = [];
      const note: typeof pipeline.entries.note = async (...call) => {
        const noted = await pipeline.entries.note(...call);
        const [entry] = pipeline.entries.entries.values();
        ranks.push([undefined, 'unsure', 'made'].indexOf(entry?.announcement));
        return noted;
      };
      const deps = { ...pipeline.deps, entries: { ...pipeline.entries, note } };

      await deliver({ ...pipeline, deps }, deaths, scheduler, stepMs);

      expect(ranks).toEqual(ranks.toSorted((left, right) => left - right));
    }),
    { numRuns: 400 },
  );
});
