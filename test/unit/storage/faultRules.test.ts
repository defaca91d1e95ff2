import { expect, it } from 'vitest';
import { faultRules } from '../../../local/storage/faultRules.ts';

const putResult = {
  service: 'blob',
  method: 'PUT',
  container: 'results',
  blobName: 'parts/2026-11-25/a.json',
} as const;

function rulesAt(nowMs: () => number) {
  const rules = faultRules(nowMs);
  return { rules, met: (call = putResult) => rules.take(call)?.name };
}

it('meets as many calls as it was counted for', () => {
  const { rules, met } = rulesAt(() => 0);
  rules.add({ name: 'reset', count: 2 });

  expect([met(), met(), met()]).toEqual(['reset', 'reset', undefined]);
  expect(rules.list()).toEqual([]);
});

it('meets every call without a count, until it is cleared', () => {
  const { rules, met } = rulesAt(() => 0);
  rules.add({ name: 'hang' });

  expect([met(), met()]).toEqual(['hang', 'hang']);
  rules.clear();
  expect(met()).toBeUndefined();
});

it('meets a share of the calls evenly', () => {
  const { rules, met } = rulesAt(() => 0);
  rules.add({ name: 'serverBusy', share: 0.1 });

  const metAt = Array.from({ length: 40 }, (_, index) => (met() ? [index + 1] : [])).flat();

  expect(metAt).toEqual([10, 20, 30, 40]);
});

it('is over after its time', () => {
  let nowMs = 1_000;
  const { rules, met } = rulesAt(() => nowMs);
  rules.add({ name: 'serverBusy', durationMs: 500 });

  nowMs = 1_499;
  expect(met()).toBe('serverBusy');
  nowMs = 1_500;
  expect(met()).toBeUndefined();
});

it.each([
  { service: 'queue' as const },
  { method: 'GET' as const },
  { container: 'photos' },
  { blobPrefix: 'inflight/' },
])('leaves alone what it is not for: %o', (aim) => {
  const { rules, met } = rulesAt(() => 0);
  rules.add({ name: 'reset', ...aim, count: 1 });

  expect(met()).toBeUndefined();
  expect(rules.list()).toHaveLength(1);
});

it('meets what fits all that it names', () => {
  const { rules, met } = rulesAt(() => 0);
  const { service, method, container } = putResult;
  rules.add({ name: 'slow', service, method, container, blobPrefix: 'parts/' });

  expect(met()).toBe('slow');
});

it('lets the first that fits meet a call, and tells what is left of the others', () => {
  const { rules, met } = rulesAt(() => 0);
  rules.add({ name: 'reset', count: 1 });
  rules.add({ name: 'hang', count: 3 });

  expect([met(), met()]).toEqual(['reset', 'hang']);
  expect(rules.list()).toEqual([{ name: 'hang', count: 2 }]);
});
