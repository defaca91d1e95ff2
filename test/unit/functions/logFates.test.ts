import { InvocationContext } from '@azure/functions';
import { expect, it } from 'vitest';
import { logFates } from '../../../functions/logFates.ts';
import type { WaitingFailure } from '../../../shared/prediction/failure.ts';
import { photoRef, uploadOf } from '../../helpers/pipeline.ts';

function levelsOf(...classes: ('throttled' | 'transient' | 'misconfigured')[]): string[] {
  const levels: string[] = [];
  const logHandler = (level: string) => void levels.push(level);
  const context = new InvocationContext({ functionName: 'f', invocationId: 'i', logHandler });
  const fates = classes.map((failureClass) => {
    const failure: WaitingFailure = { class: failureClass, code: 'X', detail: 'x' };
    return { kind: 'waiting', work: uploadOf(photoRef), failure } as const;
  });

  logFates(context, fates);

  return levels;
}

it('tells of throttling as of the day’s work', () => {
  expect(levelsOf('throttled')).toEqual(['information', 'information']);
});

it('warns of what is no part of it', () => {
  expect(levelsOf('throttled', 'transient')).toEqual(['information', 'warning']);
});

it('calls a misconfigured endpoint an error once, not for every invocation', () => {
  expect(levelsOf('misconfigured')).toEqual(['information', 'error', 'information']);
  expect(levelsOf('misconfigured')).toEqual(['information', 'information']);
});
