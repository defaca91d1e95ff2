/** Several projects and iterations behind one endpoint, and names that are pointed elsewhere. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  type PredictionEndpoint,
  type PredictionEndpointOptions,
  startPredictionEndpoint,
} from '../../../local/predictionEndpoint/startPredictionEndpoint.ts';
import { type Answered, answered, cloudPath, command, postImage } from './helpers/calls.ts';
import { exportFixture, iterationId } from './helpers/exportFixture.ts';
import { redPng } from './helpers/photos.ts';

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function started(options: PredictionEndpointOptions): Promise<PredictionEndpoint> {
  const endpoint = await startPredictionEndpoint(options);
  ends.push(() => endpoint.stop());
  return endpoint;
}

async function exported(): Promise<string> {
  const { modelDir, remove } = await exportFixture();
  ends.push(remove);
  return modelDir;
}

const otherProject = '7d1f0f5e-6f0c-4a29-9f5c-0c4d1f7d2b11';
const nextIteration = 'b5a1c9d0-1f44-4d7e-9f0a-6a2f6c1d9e77';

async function ask(
  endpoint: PredictionEndpoint,
  target: { projectId?: string; publishedName?: string } = {},
): Promise<Answered> {
  return answered(
    postImage(endpoint, await redPng(), { path: cloudPath({ ...endpoint, ...target }) }),
  );
}

describe('one endpoint', () => {
  it('answers for each project under its own names', async () => {
    const modelDir = await exported();
    const endpoint = await started({
      modelDir,
      models: [
        { scoring: 'fixed', projectId: otherProject, publishedName: 'lids' },
        { scoring: 'fixed', publishedName: 'staging', iterationId: nextIteration },
      ],
    });

    const main = await ask(endpoint);
    const lids = await ask(endpoint, { projectId: otherProject, publishedName: 'lids' });
    const staging = await ask(endpoint, { publishedName: 'staging' });
    const crossed = await ask(endpoint, { projectId: otherProject });

    expect(main.body).toMatchObject({
      iteration: iterationId,
      predictions: [{ tagName: 'red' }, {}, {}, {}],
    });
    expect(lids.body).toMatchObject({
      project: otherProject,
      predictions: [{ tagName: 'ok' }, {}, {}],
    });
    expect(staging.body).toMatchObject({ iteration: nextIteration });
    expect(crossed).toMatchObject({ status: 404, body: { code: 'NotFoundIteration' } });
  });

  it('holds a detection project beside a classification project', async () => {
    const detector = { scoring: 'fixed', projectType: 'detect', projectId: otherProject } as const;
    const endpoint = await started({ scoring: 'fixed', models: [detector] });
    const path = cloudPath({ ...endpoint, projectId: otherProject }).replace('classify', 'detect');

    const answer = await answered(postImage(endpoint, await redPng(), { path }));

    expect(answer.body).toMatchObject({ predictions: [{ boundingBox: { left: 0.25 } }] });
  });

  it('loads an export once, however many names it has', async () => {
    const modelDir = await exported();
    const before = portCount();
    const endpoint = await started({ modelDir, models: [{ modelDir, publishedName: 'staging' }] });

    expect(portCount() - before).toBe(1);
    expect(endpoint.control.models()).toMatchObject([
      { iterationId, publishedNames: ['production', 'staging'] },
    ]);
  });

  it.each<[string, PredictionEndpointOptions, string]>([
    ['two models of one name', { models: [{ scoring: 'fixed' }] }, 'two models are published as'],
    ['a second model that is not there', { models: [{ modelDir: '/nowhere' }] }, '/nowhere'],
  ])('does not start with %s', async (_, options, message) => {
    const modelDir = await exported();
    const before = portCount();

    await expect(startPredictionEndpoint({ modelDir, ...options })).rejects.toThrow(message);
    expect(portCount()).toBe(before);
  });
});

/** Open message ports; each living worker has some. */
function portCount(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
}

describe('a published name', () => {
  it('is taken away and given to another iteration while calls run', async () => {
    const next = {
      scoring: 'fixed',
      publishedName: 'staging',
      iterationId: nextIteration,
    } as const;
    const endpoint = await started({ scoring: 'fixed', models: [next] });

    await command(endpoint, 'POST', '/control/unpublish', {});
    const gone = await ask(endpoint);
    const listed = await command(endpoint, 'POST', '/control/publish', {
      iterationId: nextIteration,
    });
    const moved = await ask(endpoint);

    expect(gone).toMatchObject({ status: 404, body: { code: 'NotFoundIteration' } });
    expect(listed.body).toMatchObject([
      { iterationId: endpoint.iterationId, publishedNames: [] },
      { iterationId: nextIteration, publishedNames: ['staging', 'production'] },
    ]);
    expect(moved).toMatchObject({ status: 200, body: { iteration: nextIteration } });
  });

  it('answers as another iteration after a training', async () => {
    const endpoint = await started({ scoring: 'fixed' });
    const before = await ask(endpoint);

    const trained = await command(endpoint, 'POST', '/control/retrain', {});
    const after = await ask(endpoint);

    expect(before.body).toMatchObject({ iteration: endpoint.iterationId });
    expect(after.body).toMatchObject({
      iteration: expect.not.stringContaining(endpoint.iterationId),
    });
    expect(after.body).toMatchObject({ iteration: Object(trained.body).iterationId });
  });

  it('is given to an export that is loaded while the endpoint runs', async () => {
    const endpoint = await started({ scoring: 'fixed' });
    const modelDir = await exported();

    const loaded = await command(endpoint, 'POST', '/control/models', {
      modelDir,
      publishedName: 'new',
    });
    const answer = await ask(endpoint, { publishedName: 'new' });

    expect(loaded.body).toMatchObject({
      iterationId,
      labels: ['blue', 'green', 'red', 'Negative'],
    });
    expect(answer.body).toMatchObject({
      iteration: iterationId,
      predictions: [{ tagName: 'red' }, {}, {}, {}],
    });
  });

  it.each([
    ['publish an iteration that does not exist', 'publish', { iterationId: nextIteration }],
    [
      'publish in a project that does not exist',
      'publish',
      { projectId: otherProject, iterationId: nextIteration },
    ],
    ['unpublish what is not published', 'unpublish', { publishedName: 'never' }],
    ['retrain what is not published', 'retrain', { publishedName: 'never' }],
    ['load what is not there', 'models', { modelDir: '/nowhere' }],
  ])('stays where it is when a script wants to %s', async (_, what, body) => {
    const endpoint = await started({ scoring: 'fixed' });

    const refused = await command(endpoint, 'POST', `/control/${what}`, body);

    expect(refused).toMatchObject({ status: 400, body: { problem: expect.stringMatching(/./) } });
    expect((await ask(endpoint)).status).toBe(200);
  });
});

describe('two keys', () => {
  it('both open, and one goes on to when the other is rotated', async () => {
    const endpoint = await started({ scoring: 'fixed', key: 'first', secondKey: 'second' });
    const statusFor = async (key: string) =>
      (await postImage({ ...endpoint, key }, await redPng(), { path: cloudPath(endpoint) })).status;

    const before = [await statusFor('first'), await statusFor('second')];
    const rotated = await command(endpoint, 'POST', '/control/keys', { keyName: 'key1' });
    const after = [await statusFor('first'), await statusFor('second')];

    expect([before, after]).toEqual([
      [200, 200],
      [401, 200],
    ]);
    expect(rotated.body).toEqual({ keyName: 'key1', key: endpoint.key });
    expect(await statusFor(endpoint.key)).toBe(200);
  });
});

describe('error bodies', () => {
  it('take the field names of earlier deployments where they are told to', async () => {
    const endpoint = await started({ scoring: 'fixed', key: 'first' });
    await command(endpoint, 'PUT', '/control/errors', { bodies: 'older' });

    const gateway = await answered(
      postImage({ ...endpoint, key: 'stale' }, await redPng(), { path: cloudPath(endpoint) }),
    );
    const service = await ask(endpoint, { publishedName: 'never' });

    expect(gateway).toEqual({
      status: 401,
      body: { statusCode: 401, message: expect.stringContaining('invalid subscription key') },
    });
    expect(service).toEqual({
      status: 404,
      body: { Code: 'NotFoundIteration', Message: 'Invalid iteration' },
    });
  });
});
