/** Sends the demo's inputs as apps and cameras would: through the Azure SDKs. */
import { setTimeout } from 'node:timers/promises';
import { type EventData, EventHubProducerClient } from '@azure/event-hubs';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import pLimit from 'p-limit';
import { names } from '../../shared/settings.ts';
import { linePhotosContainer } from '../parts/storage.ts';
import type { World } from '../world.ts';
import type { DemoInput } from './inputs.ts';

const site = 'demo-plant';
const parallelUploadCount = 8;

/** @param perSecond - all at once where unset; uploads and camera events side by side. */
export async function sendInputs(
  world: World,
  inputs: readonly DemoInput[],
  perSecond: number | undefined,
): Promise<void> {
  const uploads = inputs.filter(({ way }) => way === 'upload');
  const captures = inputs.filter(({ way }) => way !== 'upload');
  const turn = turnOf(perSecond === undefined ? undefined : perSecond / 2);
  await Promise.all([uploadPhotos(world, uploads, turn), sendCaptures(world, captures, turn)]);
}

type Turn = (index: number) => Promise<void>;

/** Resolves when it is the turn of the input of that index. */
function turnOf(perSecond: number | undefined): Turn {
  if (perSecond === undefined) return () => Promise.resolve();
  const startedAtMs = performance.now();
  return (index) => setTimeout(startedAtMs + (index * 1_000) / perSecond - performance.now());
}

async function uploadPhotos(world: World, inputs: readonly DemoInput[], turn: Turn): Promise<void> {
  const container = containerOf(world, names.photosContainer);
  const limit = pLimit(parallelUploadCount);
  await Promise.all(
    inputs.map(async (input, index) => {
      await turn(index);
      await limit(() => upload(container, input, metadataOf(input)));
    }),
  );
}

async function sendCaptures(world: World, inputs: readonly DemoInput[], turn: Turn): Promise<void> {
  const container = containerOf(world, linePhotosContainer);
  const { connectionString } = world.eventHub;
  const producer = new EventHubProducerClient(connectionString, names.capturesHub);
  const limit = pLimit(parallelUploadCount);
  const events = await Promise.all(
    inputs.map((input) => limit(() => captureEvent(container, input))),
  );
  // One event a send, as cameras do: they don't know of each other.
  await Promise.all(
    events.map(async (event, index) => {
      await turn(index);
      await limit(() => producer.sendBatch([event]));
    }),
  );
  await producer.close();
}

async function captureEvent(container: ContainerClient, input: DemoInput): Promise<EventData> {
  const properties = { ...metadataOf(input), site };
  if (input.way === 'inline') return { body: input.bytes, contentType: 'image/jpeg', properties };
  if (input.way === 'unusable') return { body: Buffer.from('{"half an": "event'), properties };
  const etag = await upload(container, input, {});
  const data = {
    container: container.containerName,
    blobName: blobNameOf(input),
    etag,
    site,
    batch: input.batch,
    device: input.label,
    capturedAt: new Date().toISOString(),
  };
  const type = 'io.sightglass.capture.v1';
  return {
    body: { specversion: '1.0', id: input.label, source: `/cameras/${input.label}`, type, data },
    contentType: 'application/cloudevents+json',
  };
}

async function upload(
  container: ContainerClient,
  input: DemoInput,
  metadata: Record<string, string>,
): Promise<string | undefined> {
  const client = container.getBlockBlobClient(blobNameOf(input));
  const blobHTTPHeaders = { blobContentType: 'image/jpeg' };
  const { etag } = await client.uploadData(input.bytes, { metadata, blobHTTPHeaders });
  return etag;
}

function metadataOf({ label, batch }: DemoInput): Record<string, string> {
  return { device: label, batch };
}

function blobNameOf({ label }: DemoInput): string {
  return `demo/${label}.jpg`;
}

function containerOf({ storage }: World, name: string): ContainerClient {
  return BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient(name);
}
