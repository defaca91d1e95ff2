/** Sends the demo's inputs as apps and cameras would: through the Azure SDKs. */
import { type EventData, EventHubProducerClient } from '@azure/event-hubs';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import pLimit from 'p-limit';
import { names } from '../../shared/settings.ts';
import { linePhotosContainer } from '../parts/storage.ts';
import type { World } from '../world.ts';
import type { DemoInput } from './inputs.ts';

const site = 'demo-plant';
const parallelUploadCount = 8;

export async function sendInputs(world: World, inputs: readonly DemoInput[]): Promise<void> {
  const uploads = inputs.filter(({ way }) => way === 'upload');
  const captures = inputs.filter(({ way }) => way !== 'upload');
  await Promise.all([uploadPhotos(world, uploads), sendCaptures(world, captures)]);
}

async function uploadPhotos(world: World, inputs: readonly DemoInput[]): Promise<void> {
  const container = containerOf(world, names.photosContainer);
  const limit = pLimit(parallelUploadCount);
  await Promise.all(
    inputs.map((input) => limit(() => upload(container, input, metadataOf(input)))),
  );
}

async function sendCaptures(world: World, inputs: readonly DemoInput[]): Promise<void> {
  const container = containerOf(world, linePhotosContainer);
  const { connectionString } = world.eventHub;
  const producer = new EventHubProducerClient(connectionString, names.capturesHub);
  const limit = pLimit(parallelUploadCount);
  const events = await Promise.all(
    inputs.map((input) => limit(() => captureEvent(container, input))),
  );
  // One event a send, as cameras do: they don't know of each other.
  await Promise.all(events.map((event) => limit(() => producer.sendBatch([event]))));
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
