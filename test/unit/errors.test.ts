import { expect, it } from 'vitest';
import { messageOf, PipelineError, redact } from '../../shared/errors.ts';

it.each([
  ['https://a/b?sv=1&sig=abc%2Fd&se=2', 'https://a/b?sv=1&sig=[redacted]&se=2'],
  ['AccountName=a;AccountKey=abc==;X=1', 'AccountName=a;AccountKey=[redacted];X=1'],
  ['SharedAccessKey=abc=;EntityPath=h', 'SharedAccessKey=[redacted];EntityPath=h'],
  ['{"Prediction-Key":"abc123"}', '{"Prediction-Key":"[redacted]"}'],
  ['authorization: Bearer abc.def', 'authorization: Bearer [redacted]'],
])('takes the secret out of %s', (text, safe) => {
  expect(redact(text)).toBe(safe);
});

it('says what is inside an aggregate that says nothing itself', () => {
  const nested = new AggregateError([
    new AggregateError([new Error('refused')]),
    new Error('slow'),
  ]);

  expect(messageOf(nested)).toBe('refused; slow');
});

it('says once what several tries of one thing failed with', () => {
  const tries = [new Error('busy'), new Error('busy'), new Error('refused')];

  expect(messageOf(new AggregateError(tries))).toBe('busy; refused');
});

it('derives from its code whether trying again helps', () => {
  const store = new PipelineError('STORE_UNAVAILABLE', 'x', { operation: 'o', path: 'p' });
  const settings = new PipelineError('SETTINGS_INVALID', 'x', { problems: [] });

  expect([store.retryable, settings.retryable]).toEqual([true, false]);
});
