/** The storage app on its own Azurite. */
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { FunctionsHostOptions } from '../../../../local/functionsHost/options.ts';
import { startFunctionsHostProcess } from '../../../../local/functionsHost/startFunctionsHostProcess.ts';
import type { Storage } from '../../../../local/storage/startStorage.ts';
import { logBook } from './logBook.ts';

const storageApp = new URL('storageApp.ts', import.meta.url).pathname;

const hostJson = {
  version: '2.0',
  functionTimeout: '00:00:01',
  extensions: {
    blobs: { maxDegreeOfParallelism: 4, poisonBlobThreshold: 2 },
    queues: { maxPollingInterval: '00:00:00.2', maxDequeueCount: 2, batchSize: 4 },
    http: { routePrefix: 'api' },
  },
};

export function storageHostOptions(storage: Storage, options: Partial<FunctionsHostOptions> = {}) {
  const book = logBook();
  const settings = {
    AzureWebJobsStorage: storage.connectionString,
    WORK_QUEUE: 'work',
    FIXTURE_WORD: 'from the settings',
  };
  return {
    book,
    options: { entry: storageApp, settings, hostJson, onLog: book.onLog, ...options },
  };
}

export async function startStorageHost(
  storage: Storage,
  given: Partial<FunctionsHostOptions> = {},
) {
  const { book, options } = storageHostOptions(storage, given);
  return { book, host: await startFunctionsHostProcess(options) };
}

export function clients({ connectionString }: Storage) {
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  return {
    async upload(path: string, text: string, metadata: Record<string, string> = {}) {
      const slash = path.indexOf('/');
      const container = blobs.getContainerClient(path.slice(0, slash));
      await container.createIfNotExists();
      const blob = container.getBlockBlobClient(path.slice(slash + 1));
      const blobHTTPHeaders = { blobContentType: 'text/plain' };
      await blob.upload(text, Buffer.byteLength(text), { metadata, blobHTTPHeaders });
    },
    async send(queueName: string, text: string) {
      const queue = queues.getQueueClient(queueName);
      await queue.createIfNotExists();
      await queue.sendMessage(text);
    },
    sendJson(queueName: string, value: unknown) {
      return this.send(queueName, Buffer.from(JSON.stringify(value)).toString('base64'));
    },
    /** Takes all messages off a queue; none where there is no such queue. */
    async drain(queueName: string): Promise<string[]> {
      const queue = queues.getQueueClient(queueName);
      if (!(await queue.exists())) return [];
      const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
      return receivedMessageItems.map(({ messageText }) => messageText);
    },
  };
}
