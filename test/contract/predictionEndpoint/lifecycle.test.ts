/** Starting, sharing a machine, running full, and leaving nothing behind. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExportFolder } from '../../../local/predictionEndpoint/model/exportFolder.ts';
import { modelScorer } from '../../../local/predictionEndpoint/model/modelScorer.ts';
import {
  openPredictionEndpoint,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { answered, postImage } from './helpers/calls.ts';
import { type ExportFixture, exportFixture } from './helpers/exportFixture.ts';
import { noisyJpeg, redPng } from './helpers/photos.ts';

let fixture: ExportFixture;

beforeAll(async () => {
  fixture = await exportFixture();
});

afterAll(() => fixture.remove());

describe('an endpoint', () => {
  it('runs twice side by side, each with its own key and faults', async () => {
    const { modelDir } = fixture;
    const [one, other] = await Promise.all([
      startPredictionEndpoint({ modelDir }),
      startPredictionEndpoint({ modelDir }),
    ]);
    const photo = await redPng();
    one.control.faults.add('unavailable');

    const fromOne = await postImage(one, photo);
    const fromOther = await postImage(other, photo);
    const withForeignKey = await postImage({ ...other, key: one.key }, photo);
    await Promise.all([one.stop(), other.stop()]);

    expect(one.port).not.toBe(other.port);
    expect([fromOne.status, fromOther.status, withForeignKey.status]).toEqual([503, 200, 401]);
  });

  it('takes calls while its model loads, and answers them then', async () => {
    const opened = await openPredictionEndpoint({ modelDir: fixture.modelDir });
    const order: string[] = [];
    void opened.loaded.then(() => order.push('loaded'));

    const answer = await postImage(opened, await redPng());
    order.push('answered');
    await opened.stop();

    expect(answer.status).toBe(200);
    expect(order).toEqual(['loaded', 'answered']);
  });

  it('cuts off calls that wait for a model which cannot be loaded', async () => {
    const { modelDir, remove } = await exportFixture({ modelBytes: Buffer.from('no model') });
    const opened = await openPredictionEndpoint({ modelDir });

    const call = postImage(opened, await redPng());

    await expect(call).rejects.toThrow('fetch failed');
    await expect(opened.loaded).rejects.toThrow('model.onnx: the model file is damaged');
    await opened.stop();
    await remove();
  });

  it('answers 503 while the model has its hands full', async () => {
    const { modelDir } = fixture;
    const endpoint = await startPredictionEndpoint({ modelDir, maxWaitingCount: 1 });
    const photo = await noisyJpeg();

    const answers = await Promise.all(
      Array.from({ length: 8 }, () => answered(postImage(endpoint, photo))),
    );
    const afterwards = await postImage(endpoint, photo);
    await endpoint.stop();

    const refused = answers.filter(({ status }) => status === 503);
    expect(refused[0]?.body).toMatchObject({ code: 'ErrorPredictionServiceUnavailable' });
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect(afterwards.status).toBe(200);
  });

  it('ends calls under way and closes its port when it stops', async () => {
    const { modelDir } = fixture;
    const latency = { fixedMs: 60_000 };
    const endpoint = await startPredictionEndpoint({ modelDir, latency });
    const call = postImage(endpoint, await redPng()).catch(() => 'ended');
    await expect.poll(() => endpoint.stats().inFlight).toBe(1);

    await endpoint.stop();

    expect(await call).toBe('ended');
    await expect(fetch(endpoint.endpoint)).rejects.toThrow('fetch failed');
  });

  it('lets go of a call whose caller hangs up', async () => {
    const endpoint = await startPredictionEndpoint({
      scoring: 'fixed',
      latency: { fixedMs: 60_000 },
    });
    const caller = new AbortController();
    const { endpoint: base, key } = endpoint;
    const call = fetch(`${base}/image`, {
      method: 'POST',
      body: Buffer.from(await redPng()),
      headers: { 'prediction-key': key },
      signal: caller.signal,
    }).catch(() => 'hung up');
    await expect.poll(() => endpoint.stats().inFlight).toBe(1);

    caller.abort();

    expect(await call).toBe('hung up');
    await expect.poll(() => endpoint.stats().inFlight).toBe(0);
    await endpoint.stop();
  });

  it('counts a call that breaks off half way through its photo', async () => {
    const endpoint = await startPredictionEndpoint({ scoring: 'fixed' });
    const socket = connect(endpoint.port, '127.0.0.1');
    socket.write('POST /image HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf');
    await expect.poll(() => endpoint.stats().calls).toBe(1);

    socket.destroy();

    await expect.poll(() => endpoint.stats().byStatus).toEqual({ reset: 1 });
    await endpoint.stop();
  });

  /** Open message ports; each living worker has some. */
  function portCount(): number {
    return process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
  }

  it('stops the model again when its port is taken', async () => {
    const { modelDir } = fixture;
    const first = await startPredictionEndpoint({ scoring: 'fixed' });

    const before = portCount();

    const second = startPredictionEndpoint({ modelDir, port: first.port });

    await expect(second).rejects.toThrow('EADDRINUSE');
    expect(portCount()).toBe(before);
    await first.stop();
  });

  it('stops as often as it is told to', async () => {
    const endpoint = await startPredictionEndpoint({ modelDir: fixture.modelDir });

    await Promise.all([endpoint.stop(), endpoint.stop()]);
    await endpoint.stop();

    await expect(fetch(endpoint.endpoint)).rejects.toThrow('fetch failed');
  });

  it('answers for a model that is gone', async () => {
    const model = await readExportFolder(fixture.modelDir);
    const scorer = await modelScorer({ model, runtime: 'auto', maxWaitingCount: 8 });
    const photo = await noisyJpeg();
    const waiting = scorer.score(photo, 'jpeg');
    await scorer.stop();

    const afterwards = scorer.score(photo, 'jpeg');

    expect(await waiting).toMatchObject({ kind: 'scored' });
    expect(await afterwards).toEqual({ kind: 'broken', detail: 'the model has stopped' });
  });

  it('needs a model unless it answers without one', async () => {
    await expect(startPredictionEndpoint()).rejects.toThrow('needs modelDir');
  });
});
