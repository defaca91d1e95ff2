/** Clients of the outside systems, by connection string or by identity, as the settings say. */
import { EventHubProducerClient, RetryMode } from '@azure/event-hubs';
import type { TokenCredential } from '@azure/identity';
import {
  BlobServiceClient,
  type StorageRetryOptions,
  StorageRetryPolicyType,
} from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { messageOf, PipelineError } from '../shared/errors.ts';
import type { Settings } from '../shared/settings.ts';

type StorageConnection = 'PhotosStorage' | 'ResultsStorage';

export interface Connections {
  credential(): Promise<TokenCredential>;
  blobs(
    connection: StorageConnection | 'AzureWebJobsStorage',
    retryOptions?: StorageRetryOptions,
  ): Promise<BlobServiceClient>;
  queues(connection: StorageConnection): Promise<QueueServiceClient>;
  hub(name: string): Promise<EventHubProducerClient>;
}

/** A line waits for a photo: three quick tries, then it is parked. */
const storageRetries = {
  retryPolicyType: StorageRetryPolicyType.EXPONENTIAL,
  maxTries: 3,
  tryTimeoutInMs: 15_000,
  retryDelayInMs: 200,
  maxRetryDelayInMs: 2_000,
};

/** The SDK's defaults retry for minutes, nested: a photo would wait for them. */
const hubRetries = {
  mode: RetryMode.Exponential,
  maxRetries: 2,
  retryDelayInMs: 300,
  maxRetryDelayInMs: 3_000,
  timeoutInMs: 8_000,
};

export function connectionsOf(settings: Settings): Connections {
  const credential = credentialOnce(settings);
  return {
    credential,
    async blobs(connection, retryOptions = storageRetries) {
      const text = settings[connection];
      if (text !== undefined) {
        return fromText(connection, () =>
          BlobServiceClient.fromConnectionString(text, { retryOptions }),
        );
      }
      const uri = settings[`${connection}__blobServiceUri`] ?? '';
      return new BlobServiceClient(uri, await credential(), { retryOptions });
    },
    async queues(connection) {
      const options = { retryOptions: storageRetries };
      const text = settings[connection];
      if (text !== undefined) {
        return fromText(connection, () => QueueServiceClient.fromConnectionString(text, options));
      }
      const uri = settings[`${connection}__queueServiceUri`] ?? '';
      return new QueueServiceClient(uri, await credential(), options);
    },
    async hub(name) {
      const options = { retryOptions: hubRetries };
      const text = settings.EventHubs;
      if (text !== undefined) {
        return fromText('EventHubs', () => new EventHubProducerClient(text, name, options));
      }
      const namespace = settings.EventHubs__fullyQualifiedNamespace ?? '';
      return new EventHubProducerClient(namespace, name, await credential(), options);
    },
  };
}

/** The SDKs say what they miss, but not in which setting. @throws PipelineError `SETTINGS_INVALID` */
function fromText<Client>(setting: string, make: () => Client): Client {
  try {
    return make();
  } catch (error) {
    const problems = [`${setting}: is not a connection string: ${messageOf(error)}`];
    throw new PipelineError(
      'SETTINGS_INVALID',
      problems.join('; '),
      { problems },
      { cause: error },
    );
  }
}

/** Loaded only where an identity is used: it is the heaviest of all packages here. */
function credentialOnce(settings: Settings): Connections['credential'] {
  let credential: Promise<TokenCredential> | undefined;
  return () => {
    const managedIdentityClientId = settings.AZURE_CLIENT_ID;
    const options = managedIdentityClientId === undefined ? {} : { managedIdentityClientId };
    credential ??= import('@azure/identity').then(
      ({ DefaultAzureCredential }) => new DefaultAzureCredential(options),
    );
    return credential;
  };
}
