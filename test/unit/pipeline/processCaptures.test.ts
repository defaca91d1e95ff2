import { expect, it } from 'vitest';
import type { ReceivedCapture } from '../../../shared/photo/readCapture.ts';
import { countFates } from '../../../shared/pipeline/fate.ts';
import { processCaptures } from '../../../shared/pipeline/processCaptures.ts';
import { goodPhoto } from '../../helpers/badPhotos.ts';
import {
  ampleBudget,
  photoRef,
  pipelineAnswering,
  scratch,
  startMs,
  throttled,
} from '../../helpers/pipeline.ts';

const jpeg = await goodPhoto();
let sequence = 0;

function received(body: unknown): ReceivedCapture {
  sequence += 1;
  return {
    body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    contentType: undefined,
    properties: {},
    enqueuedAtMs: startMs - 500,
    position: `captures/0:${sequence}`,
  };
}

function pointer(blobName: string) {
  const data = { container: 'photos', blobName, batch: 'B7' };
  const type = 'io.sightglass.capture.v1';
  return { specversion: '1.0', id: 'e-1', source: '/line', type, data };
}

it('settles unreadable events as rejected and goes on with the rest of the batch', async () => {
  const { deps, photos, outcomes, events } = pipelineAnswering(scratch);
  photos.upload(photoRef, { bytes: jpeg });

  const batch = [received('nonsense'), received(pointer('a.jpg')), received(Buffer.alloc(0))];
  const fates = await processCaptures(deps, batch, ampleBudget);

  expect(countFates(fates)).toEqual({ rejected: 2, predicted: 1 });
  expect(outcomes.documents.size).toBe(3);
  expect(events.published).toHaveLength(3);
});

it('stores an inline photo under photos/ first, with its labels', async () => {
  const { deps, photos, outcomes } = pipelineAnswering(scratch);
  const capture = { ...received(jpeg), properties: { site: 'leipzig' } };

  await processCaptures(deps, [capture], ampleBudget);

  const [document] = outcomes.documents.values();
  expect(document).toMatchObject({
    outcome: 'predicted',
    photo: {
      container: 'photos',
      blobName: expect.stringMatching(/^inline\/2026-11-24\/[a-z2-7]{52}$/),
    },
    source: { trigger: 'capture', site: 'leipzig', eventId: capture.position },
  });
  const ref = { ...photoRef, blobName: document?.photo?.blobName ?? '' };
  const opened = await photos.open(ref, ampleBudget.signal);
  expect(opened).toMatchObject({ kind: 'found', context: { site: 'leipzig' } });
});

it('makes one outcome of an event delivered twice', async () => {
  const { deps, outcomes, calls } = pipelineAnswering(scratch);
  const inline = received(jpeg);
  const unreadable = received('nonsense');

  for (const _ of [1, 2]) await processCaptures(deps, [inline, unreadable], ampleBudget);

  expect(outcomes.documents.size).toBe(2);
  expect(calls()).toBe(1);
});

it('parks all throttled photos of the batch together', async () => {
  const { deps, photos, deferrals } = pipelineAnswering(throttled());
  for (const blobName of ['a.jpg', 'b.jpg'])
    photos.upload({ ...photoRef, blobName }, { bytes: jpeg });

  const batch = [received(pointer('a.jpg')), received(pointer('b.jpg'))];
  await processCaptures(deps, batch, ampleBudget);

  expect(deferrals.sent).toHaveLength(1);
});
