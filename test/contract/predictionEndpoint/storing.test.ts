/** What the storing routes keep, for whom, and for how many. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  type PredictionEndpoint,
  type PredictionEndpointOptions,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { answered, cloudPath, command, postImage } from './helpers/calls.ts';
import { redPng } from './helpers/photos.ts';

let endpoint: PredictionEndpoint;

afterEach(() => endpoint.stop());

async function start(options: PredictionEndpointOptions = {}): Promise<void> {
  endpoint = await startPredictionEndpoint({ scoring: 'fixed', nowMs: () => 1_000, ...options });
}

const stored = (query = '') => ({ path: cloudPath(endpoint, `image${query}`) });

describe('a storing call', () => {
  it('keeps the photo of a storing call with the name of its caller', async () => {
    await start();
    const photo = await redPng();

    const { body } = await answered(postImage(endpoint, photo, stored('?application=line%204')));
    const listed = await command(endpoint, 'GET', '/control/stored');

    const [image] = endpoint.control.stored.summary().images;
    expect(listed.body).toEqual({
      storedCount: 1,
      keptCount: 1,
      keptBytes: photo.length,
      images: [
        {
          id: expect.any(String),
          projectId: endpoint.projectId,
          iterationId: endpoint.iterationId,
          application: 'line 4',
          createdAtMs: 1_000,
          sizeBytes: photo.length,
        },
      ],
    });
    expect(body).toMatchObject({ id: image?.id });
    expect(endpoint.control.stored.get(image?.id ?? '')?.bytes).toEqual(photo);
  });

  it('keeps nothing of the other calls, nor of refused ones', async () => {
    await start();

    await postImage(endpoint, await redPng());
    await postImage(endpoint, Buffer.from('no photo'), stored());

    expect(endpoint.control.stored.summary().storedCount).toBe(0);
  });

  it('lets the oldest go when it is full, and goes on counting', async () => {
    const photo = await redPng();
    await start({ storedBounds: { maxCount: 9, maxBytes: photo.length * 2 } });

    for (const name of ['a', 'b', 'c']) {
      await postImage(endpoint, photo, stored(`?application=${name}`));
    }

    const { storedCount, keptCount, images } = endpoint.control.stored.summary();
    expect([storedCount, keptCount]).toEqual([3, 2]);
    expect(images.map(({ application }) => application)).toEqual(['b', 'c']);
  });

  it('forgets them when it is told to', async () => {
    await start();
    await postImage(endpoint, await redPng(), stored());

    const cleared = await command(endpoint, 'DELETE', '/control/stored');

    expect(cleared.body).toEqual({ storedCount: 0, keptCount: 0, keptBytes: 0, images: [] });
  });

  it.each([
    ['an ordinary name', 'Line-4_b.north', 200],
    ['no name', '', 200],
    ['a name with a line break', 'a%0Ab', 400],
    ['a name of 65 letters', 'x'.repeat(65), 400],
  ])('answers %s of the application with its code or a prediction', async (_, name, status) => {
    await start();

    const answer = await answered(
      postImage(endpoint, await redPng(), stored(`?application=${name}`)),
    );

    expect(answer.status).toBe(status);
    if (status === 400) {
      expect(answer.body).toMatchObject({ code: 'BadRequestPredictionInvalidApplicationName' });
    }
  });
});
