import { readFileSync } from 'node:fs';
import { InvocationContext } from '@azure/functions';
import { expect, it } from 'vitest';
import { logFates } from '../../../functions/logFates.ts';
import type { WaitingReason } from '../../../shared/deferral/waitingReason.ts';
import { redact } from '../../../shared/errors.ts';
import { photoPath } from '../../../shared/photo/photo.ts';
import { photoRef, pipelineAnswering, uploadOf } from '../../helpers/pipeline.ts';

type FailureClass = 'throttled' | 'transient' | 'misconfigured' | 'uncommitted';

const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
let code = 'X';

function linesOf(...classes: FailureClass[]): Line[] {
  return linesWith(undefined, classes);
}

interface Line {
  readonly level: string;
  readonly line: string;
}

function linesWith(deps: Parameters<typeof logFates>[2], classes: readonly FailureClass[]): Line[] {
  const lines: { level: string; line: string }[] = [];
  const logHandler = (level: string, line: unknown) =>
    void lines.push({ level, line: String(line) });
  const context = new InvocationContext({ functionName: 'f', invocationId: 'i', logHandler });
  const fates = classes.map((failureClass) => {
    const failure = { class: failureClass, code, detail: 'x' } as WaitingReason;
    return { kind: 'waiting', work: uploadOf(photoRef), failure } as const;
  });

  logFates(context, fates, deps);

  return lines;
}

function levelsOf(...classes: FailureClass[]): string[] {
  return linesOf(...classes).map(({ level }) => level);
}

it('tells of throttling as of the day’s work', () => {
  expect(levelsOf('throttled')).toEqual(['information']);
});

it('tells of an empty photo, which its sender may still fill, as of the day’s work', () => {
  code = 'PHOTO_UNCOMMITTED';
  expect(levelsOf('uncommitted')).toEqual(['information']);
});

it('sends nobody to codes that the runbook does not have', () => {
  const codes = /## Codes\n(.*?)\n## /s.exec(runbook)?.[1] ?? '';
  for (code of ['ABORTED', 'NO_TIME_LEFT', 'UNEXPECTED', 'STORE_UNAVAILABLE', 'DOCUMENT_INVALID']) {
    expect(codes).toContain(`\`${code}\``);
  }
});

it('warns of what is no part of it', () => {
  code = 'HTTP_503';
  expect(levelsOf('throttled', 'transient')).toEqual(['warning']);
});

it('warns of the same cause once a minute, of another at once, and says what to do', () => {
  code = 'HTTP_502';
  const [first] = linesOf('transient');
  const [again] = linesOf('transient');
  code = 'STORE_UNAVAILABLE';
  const [other] = linesOf('transient');

  expect([first, again, other].map((said) => said?.level)).toEqual([
    'warning',
    'information',
    'warning',
  ]);
  expect(JSON.parse(first?.line ?? '')).toMatchObject({
    see: 'docs/runbook.md#the-endpoint-fails',
  });
  expect(JSON.parse(other?.line ?? '')).toMatchObject({ see: 'docs/runbook.md#codes' });
});

it.each([
  ['ErrorUnknown', 'the-endpoint-fails'],
  ['ECONNREFUSED', 'the-endpoint-fails'],
  ['TIMEOUT', 'the-endpoint-fails'],
  ['EAI_AGAIN', 'the-endpoint-fails'],
  ['EVENTS_UNAVAILABLE', 'codes'],
  ['NO_TIME_LEFT', 'codes'],
  ['QUOTA_EXHAUSTED', 'photos-wait'],
])('sends whoever reads %s to the page %s', (seen, page) => {
  code = seen;

  const [line] = linesOf('transient');

  expect(JSON.parse(line?.line ?? '')).toMatchObject({ see: `docs/runbook.md#${page}` });
});

it('calls a misconfigured endpoint an error once, not for every invocation', () => {
  expect(levelsOf('misconfigured')).toEqual(['error', 'information']);
  expect(levelsOf('misconfigured')).toEqual(['information']);
});

it('names the photo that waits, and why, in one line', () => {
  code = 'X';
  linesOf('transient');
  const [said] = linesOf('transient');
  expect(JSON.parse(said?.line ?? '')).toEqual({
    photos: 1,
    transient: 1,
    photo: photoPath(photoRef),
    parkedBecause: ['X: x'],
  });
});

it('says which key is refused, and that once for each', () => {
  const { deps } = pipelineAnswering();
  const refusing = (key: 'first' | 'second') => {
    const predictor = { ...deps.predictor, refusedKey: () => key };
    return linesWith({ ...deps, predictor }, []).filter(({ level }) => level === 'warning');
  };

  const [first, second] = [refusing('first'), refusing('second')];

  expect(first[0]?.line).toMatch(/refuses the key in PREDICTION_KEY; calls go on.*runbook.md#keys/);
  expect(second[0]?.line).toContain('refuses the key in PREDICTION_SECOND_KEY;');
  // Right after a setting's name it would pass for the key itself, and be masked.
  expect([first[0]?.line, second[0]?.line].map((line) => redact(line ?? ''))).toEqual([
    first[0]?.line,
    second[0]?.line,
  ]);
  expect([first.length, second.length, refusing('second').length]).toEqual([1, 1, 0]);
  expect(runbook).toContain('\n## Keys\n');
});
