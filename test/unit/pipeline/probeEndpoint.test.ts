import { describe, expect, it } from 'vitest';
import { readSize } from '../../../shared/adapters/imageHeader/readSize.ts';
import { memoryTelemetry } from '../../../shared/adapters/memory/memoryTelemetry.ts';
import { checkIntake } from '../../../shared/photo/intake.ts';
import { plainPhoto } from '../../../shared/photo/plainPhoto.ts';
import { probeEndpoint } from '../../../shared/pipeline/probeEndpoint.ts';
import type { PredictionAnswer } from '../../../shared/prediction/predictor.ts';
import {
  failed,
  pipelineAnswering,
  predicted,
  scratch,
  throttled,
} from '../../helpers/pipeline.ts';

const { signal } = new AbortController();
const anything = { tag: undefined, iterationId: undefined };
const asScratch = { tag: 'scratch', iterationId: 'it-1' };

async function probe(
  answer: PredictionAnswer,
  expected: { tag?: string; iterationId?: string } = {},
) {
  const { deps } = pipelineAnswering(answer);
  const telemetry = memoryTelemetry();
  const asked = { ...deps, telemetry, expected: { ...anything, ...expected } };
  const found = await probeEndpoint(asked, plainPhoto, signal);
  return { found, told: telemetry.availabilities };
}

describe('the probe of the endpoint', () => {
  it('finds it available where what is meant answers as it should', async () => {
    const { found, told } = await probe(scratch, asScratch);

    expect(found).toEqual({ kind: 'told', isAvailable: true, message: 'as expected' });
    expect(told).toEqual([
      { name: 'prediction endpoint', isAvailable: true, durationMs: 0, message: 'as expected' },
    ]);
  });

  it('says by which key, where one is refused', async () => {
    const { deps } = pipelineAnswering(scratch);
    const telemetry = memoryTelemetry();
    const predictor = { ...deps.predictor, refusedKey: () => 'first' as const };
    const asked = { ...deps, telemetry, predictor, expected: anything };

    expect(await probeEndpoint(asked, plainPhoto, signal)).toMatchObject({ isAvailable: true });
    expect(telemetry.availabilities).toMatchObject([
      { message: 'as expected by one key: the first is refused' },
    ]);
  });

  it('tells of a refused key each time, so that its alert lasts as long as it does', async () => {
    const { deps } = pipelineAnswering(scratch, scratch, scratch);
    const telemetry = memoryTelemetry();
    let refused: 'first' | undefined = 'first';
    const predictor = { ...deps.predictor, refusedKey: () => refused };
    const asked = { ...deps, telemetry, predictor, expected: anything };
    await probeEndpoint(asked, plainPhoto, signal);
    await probeEndpoint(asked, plainPhoto, signal);
    refused = undefined;
    await probeEndpoint(asked, plainPhoto, signal);

    const properties = { model: 'parts', refusedKey: 'first' };
    const told = { name: 'key.refused', properties, measurements: {} };
    expect(telemetry.events).toEqual([told, told]);
  });

  it.each([
    [
      'the iteration is taken away',
      failed({ class: 'misconfigured', code: 'NotFound', detail: 'no such name' }),
      'misconfigured: NotFound: no such name',
    ],
    [
      'it does not answer',
      failed({ class: 'transient', code: 'ECONNREFUSED', detail: 'refused' }),
      'transient: ECONNREFUSED: refused',
    ],
    ['another tag wins', predicted({ tag: 'dent', confidence: 0.9 }), 'it sees dent, not scratch'],
    ['nothing is seen', predicted(), 'it sees nothing, not scratch'],
  ])('finds it unavailable where %s, and says so', async (_what, answer, message) => {
    const { told } = await probe(answer, asScratch);

    expect(told).toMatchObject([{ isAvailable: false, message }]);
  });

  it('finds it unavailable where another iteration answers', async () => {
    const { told } = await probe(scratch, { ...asScratch, iterationId: 'it-2' });

    expect(told).toMatchObject([
      { isAvailable: false, message: 'iteration it-1 answers, not it-2' },
    ]);
  });

  it('says nothing of the endpoint where no slot is to be had, or it was one call too many', async () => {
    const { found, told } = await probe(throttled());

    expect(found.kind).toBe('skipped');
    expect(told).toEqual([]);

    const { deps } = pipelineAnswering(scratch);
    const telemetry = memoryTelemetry();
    const quota = {
      ...deps.quota,
      acquire: async () =>
        ({ kind: 'parkUntil', atMs: 0, code: 'QUOTA_PAUSED', detail: 'calls are paused' }) as const,
    };
    const asked = { ...deps, telemetry, quota, expected: anything };
    expect(await probeEndpoint(asked, plainPhoto, signal)).toEqual({
      kind: 'skipped',
      because: 'calls are paused',
    });
    expect(telemetry.availabilities).toEqual([]);
  });

  it('has a plain photo to ask with that passes every check', () => {
    expect(checkIntake(plainPhoto, readSize)).toMatchObject({ kind: 'fit', format: 'jpeg' });
  });
});
