/**
 * Photos per second through the pipeline, beside a bare loop that makes the same calls with the same
 * SDKs: headers, claim, entry, body, prediction, outcome, event, release. What the pipeline adds is everything else.
 */
import { EventHubProducerClient } from '@azure/event-hubs';
import { customVisionPredictor } from '../shared/adapters/customVision/predictor.ts';
import type { PhotoRef } from '../shared/photo/photo.ts';
import { processBatch } from '../shared/pipeline/processBatch.ts';
import { names } from '../shared/settings.ts';
import type { Bench } from './measure.ts';
import { quantile } from './measure.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const photosPerRound = 200;
const batchSize = 32;
const ample = new AbortController().signal;

export const throughput: Bench = async ({ seed, isQuick, say }) => {
  const roundCount = isQuick ? 1 : 7;
  const bench = await openWorkbench(seed);
  const bare = bareLoop(bench);
  const rounds: { pipelinePerSecond: number; barePerSecond: number }[] = [];
  // The first round warms both up and is thrown away.
  for (let round = 0; round <= roundCount; round += 1) {
    const pipelinePerSecond = await perSecond(bench, `p${round}`, (refs) => pipeline(bench, refs));
    const barePerSecond = await perSecond(bench, `b${round}`, bare.run);
    say(`round ${round}: pipeline ${pipelinePerSecond | 0}/s, bare ${barePerSecond | 0}/s`);
    if (round > 0) rounds.push({ pipelinePerSecond, barePerSecond });
  }
  await bare.close();
  await bench.stop();
  const median = (values: readonly number[]) => quantile(values, 0.5);
  const ratios = rounds.map((round) => round.pipelinePerSecond / round.barePerSecond);
  const setup = `photos=${photosPerRound},rounds=${roundCount},batch=${batchSize}`;
  const rate = { case: setup, unit: 'perSecond' } as const;
  const pipelineRates = rounds.map((round) => round.pipelinePerSecond);
  const bareRates = rounds.map((round) => round.barePerSecond);
  return [
    {
      name: 'throughputRatio',
      case: setup,
      value: median(ratios),
      unit: 'ratio',
      target: { op: '>=', value: 0.6 },
    },
    { ...rate, name: 'pipelinePhotosPerSecond', value: median(pipelineRates) },
    { ...rate, name: 'barePhotosPerSecond', value: median(bareRates) },
  ];
};

async function perSecond(
  bench: Workbench,
  folder: string,
  work: (refs: readonly PhotoRef[]) => Promise<void>,
): Promise<number> {
  const refs = await bench.upload(folder, photosPerRound);
  const startedAtMs = performance.now();
  for (let first = 0; first < refs.length; first += batchSize) {
    await work(refs.slice(first, first + batchSize));
  }
  return (1_000 * refs.length) / (performance.now() - startedAtMs);
}

async function pipeline({ composed }: Workbench, refs: readonly PhotoRef[]): Promise<void> {
  const { deps } = composed;
  const firstSeenAtMs = deps.clock.nowMs();
  const works = refs.map((photo) => ({
    photo,
    source: { trigger: 'upload', context: {} } as const,
    firstSeenAtMs,
    deferralCount: 0,
    badAnswerCount: 0,
  }));
  const budget = { startUntilMs: Number.POSITIVE_INFINITY, signal: ample };
  const fates = await processBatch(deps, works, budget);
  const lost = fates.filter((fate) => fate.kind === 'waiting');
  if (lost.length > 0) throw new Error(`${lost.length} photos of the bench were not settled`);
}

/** The same calls by hand: keep-alive, the same parallelism, one event batch for each 32 photos. */
function bareLoop({ composed, blobs }: Workbench) {
  const { settings, deps } = composed;
  const predictor = customVisionPredictor({
    endpoint: settings.PREDICTION_ENDPOINT,
    projectId: settings.PREDICTION_PROJECT_ID,
    publishedName: settings.PREDICTION_PUBLISHED_NAME,
    projectType: 'classify',
    auth: { key: settings.PREDICTION_KEY ?? '' },
    storePhotos: false,
    timeoutMs: 10_000,
    maxConnectionCount: settings.MAX_PHOTOS_IN_FLIGHT,
    expectedTags: [],
    nowMs: () => 0,
  });
  const results = blobs.getContainerClient(names.resultsContainer);
  const producer = new EventHubProducerClient(settings.EventHubs ?? '', names.predictionsHub);
  return {
    async run(refs: readonly PhotoRef[]) {
      const bodies = await deps.mapBounded(refs, async ({ container, blobName }) => {
        const client = blobs.getContainerClient(container).getBlockBlobClient(blobName);
        const { etag = '', contentLength = 0 } = await client.getProperties();
        const name = `bare/${blobName}.json`;
        const createOnly = { conditions: { ifNoneMatch: '*' } };
        const write = (folder: string, body: string) =>
          results.getBlockBlobClient(`${folder}/${name}`).upload(body, body.length, createOnly);
        await write('claim', JSON.stringify({ blobName, etag }));
        await write('entry', JSON.stringify({ blobName }));
        const conditions = { ifMatch: etag };
        const bytes = await client.downloadToBuffer(0, contentLength, { conditions });
        const answer = await predictor.predict(bytes, ample);
        const body = JSON.stringify({ blobName, etag, answer });
        await write('outcome', body);
        return { id: name, answer };
      });
      const batch = await producer.createBatch();
      for (const body of bodies) batch.tryAdd({ body });
      await producer.sendBatch(batch);
      await deps.mapBounded(bodies, ({ id }) => results.deleteBlob(`claim/${id}`));
    },
    close: () => producer.close(),
  };
}
