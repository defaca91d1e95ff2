import { expect, it, vi } from 'vitest';
import { boundedSend } from '../../../shared/adapters/appInsights/boundedSend.ts';

type Send = ReturnType<typeof boundedSend>['policy']['sendRequest'];
type Next = Parameters<Send>[1];

const ending = new AbortController().signal;

function send(next: Next, onRefused = vi.fn()) {
  const request = { body: JSON.stringify([{ data: { baseType: 'EventData' } }]) };
  const { policy } = boundedSend(onRefused, ending);
  return { request, sent: policy.sendRequest(request as Parameters<Send>[0], next), onRefused };
}

it('has the exporter keep what failed without an answer, whatever the failure is called', async () => {
  const failure = Object.assign(new Error('self-signed certificate'), { code: 'CERT_HAS_EXPIRED' });
  const { request, sent } = send(() => Promise.reject(failure));

  await expect(sent).rejects.toMatchObject({
    name: 'RestError',
    code: 'REQUEST_SEND_ERROR',
    cause: failure,
  });
  expect(request).toMatchObject({ timeout: 2_000, abortSignal: ending });
});

it('leaves a send that ran out of time as it is: the exporter keeps that by itself', async () => {
  const failure = Object.assign(new Error('too late'), { name: 'AbortError' });

  await expect(send(() => Promise.reject(failure)).sent).rejects.toBe(failure);
});

it.each([
  [200, 0],
  [301, 1],
  [307, 0],
  [400, 1],
  [402, 1],
  [404, 1],
  [413, 1],
  [422, 1],
  [429, 0],
  [439, 0],
  [501, 1],
  [503, 0],
])('counts what an answer of %i ends for good', async (status, refusedCount) => {
  const next: unknown = () => Promise.resolve({ status, bodyAsText: '' });
  const { sent, onRefused } = send(next as Next);

  await sent;

  expect(onRefused.mock.calls).toEqual(refusedCount === 0 ? [] : [['event', 1]]);
});
