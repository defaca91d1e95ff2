import { expect, it } from 'vitest';
import { probeLine } from '../../../functions/probeLine.ts';
import { plainPhoto } from '../../../shared/photo/plainPhoto.ts';
import { probeEndpoint } from '../../../shared/pipeline/probeEndpoint.ts';
import type { Failure } from '../../../shared/prediction/failure.ts';
import { failed, pipelineAnswering, scratch } from '../../helpers/pipeline.ts';

const { signal } = new AbortController();
const anything = { tag: undefined, iterationId: undefined };

it.each([
  ['misconfigured', 'the-endpoint-is-misconfigured'],
  ['quotaExhausted', 'the-months-calls-are-spent'],
  ['transient', 'the-endpoint-fails'],
] as const)(
  'sends whoever reads of a probe that failed as %s to the page %s',
  async (kind, page) => {
    const failure: Failure = { class: kind, code: 'X', detail: 'no' };
    const { deps } = pipelineAnswering(failed(failure));
    const probe = await probeEndpoint({ ...deps, expected: anything }, plainPhoto, signal);

    expect(probe.kind === 'told' && JSON.parse(probeLine(probe))).toEqual({
      endpoint: `${kind}: X: no`,
      see: `docs/runbook.md#${page}`,
    });
  },
);

it('sends whoever reads of another model than the one meant to the endpoint’s page', async () => {
  const { deps } = pipelineAnswering(scratch);
  const expected = { ...anything, tag: 'ok' };
  const probe = await probeEndpoint({ ...deps, expected }, plainPhoto, signal);

  expect(probe.kind === 'told' && probeLine(probe)).toContain('runbook.md#the-endpoint-fails');
});
