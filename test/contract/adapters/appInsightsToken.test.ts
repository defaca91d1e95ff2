/** Ingestion with Entra ID, by the managed identity that App Service offers on loopback. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTelemetrySink, type TelemetrySink } from '../../helpers/telemetrySink.ts';

let askedCount = 0;
const identity = createServer((_request, response) => {
  askedCount += 1;
  response.writeHead(400, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: 'invalid_request', error_description: 'no identity' }));
});

let sink: TelemetrySink;

beforeAll(async () => {
  await once(identity.listen(0, '127.0.0.1'), 'listening');
  const { port } = identity.address() as AddressInfo;
  sink = await startTelemetrySink({
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD',
    AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
    IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`,
    IDENTITY_HEADER: 'header',
  });
});
afterAll(async () => {
  await sink.close();
  identity.closeAllConnections();
  identity.close();
});

it('keeps records on disk where there is no token to send them with', async () => {
  for (const pausedBecause of ['1', '2', '3']) {
    sink.telemetry.event('quota.paused', { model: 'parts', pausedBecause }, {});
  }

  await vi.waitFor(
    () => {
      const events = sink.keptEnvelopes().filter(({ data }) => data.baseType === 'EventData');
      expect(events).toHaveLength(3);
    },
    { timeout: 20_000 },
  );
  expect(askedCount).toBeGreaterThan(0);
  expect(sink.envelopes).toEqual([]);
});
