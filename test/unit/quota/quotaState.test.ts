import { expect, it } from 'vitest';
import { memoryQuotaStore } from '../../../shared/adapters/memory/memoryQuotaStore.ts';
import { setPause } from '../../../shared/quota/pause.ts';
import { readState, writeState } from '../../../shared/quota/quotaState.ts';
import { even, noonMs, stateWith } from '../../helpers/quota.ts';

const full = stateWith({
  tatMs: noonMs + 0.123,
  perSecond: 19.6123,
  generation: 9_999,
  refusedPerSecond: 19.99,
  okCount: 120,
  refusedCount: 30,
  usedCount: 99_999_999,
  use: { live: 195.9, line: 100.1, drained: 90.2, backfill: 80.3, shadow: 10.4 },
  pausedBecause: '',
});

it('stays below 256 bytes, at its longest and with a reason to pause', async () => {
  const store = memoryQuotaStore(() => noonMs);
  await store.compareAndSwap(writeState({ ...full, exhaustedUntilMs: 0 }), undefined);

  await setPause(store, 'x'.repeat(300), even, noonMs);
  const { found } = await store.get();

  expect(found?.text).toContain('"pause":"xxxx');
  expect(Buffer.byteLength(found?.text ?? '')).toBeLessThan(256);
});

it('comes back as it was written, the first free instant never earlier', () => {
  const back = readState(writeState(full));

  expect(back).toEqual({ ...full, tatMs: noonMs + 0.13 });
});

it('keeps what a newer version has added', () => {
  const newer = JSON.stringify({ ...JSON.parse(writeState(full)), colour: 'blue' });

  expect(JSON.parse(writeState(readState(newer) ?? full))).toMatchObject({ colour: 'blue' });
});

it.each(['', 'no json', '{}', '{"v":2}', 'null', '[1]'])('does not take %j for a state', (text) => {
  expect(readState(text)).toBeUndefined();
});

it('pauses with a reason and lifts the pause, other writers or not', async () => {
  const store = memoryQuotaStore(() => noonMs);
  const busy = {
    ...store,
    async get() {
      const seen = await store.get();
      if (Math.random() < 0.5) await store.compareAndSwap(writeState(full), seen.found?.etag);
      return seen;
    },
  };

  await setPause(busy, ' new key ', even, noonMs);
  const paused = readState((await store.get()).found?.text ?? '');
  await setPause(store, '', even, noonMs);
  const lifted = readState((await store.get()).found?.text ?? '');

  expect(paused?.pausedBecause).toBe('new key');
  expect(lifted?.pausedBecause).toBe('');
});

it('leaves a document alone that is not ours', async () => {
  const store = memoryQuotaStore(() => noonMs);
  await store.compareAndSwap('{"v":2}', undefined);

  await expect(setPause(store, 'x', even, noonMs)).rejects.toMatchObject({
    code: 'DOCUMENT_INVALID',
  });
});
