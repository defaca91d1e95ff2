/** The event hub as a part of the local world: what `npm start` takes and tells. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { eventHubDocument, startEventHubPart } from '../../../local/parts/eventHub.ts';
import { readStartOptions } from '../../../local/startOptions.ts';
import { standInOnly } from './helpers/target.ts';

standInOnly('part of the local world', () => {
  it('tells where its control interface is, and of no TLS unless asked', async () => {
    const hub = await startEventHubPart(readStartOptions([]).world);

    expect(eventHubDocument(hub)).toMatchObject({ control: hub.controlUrl, tls: null });
    const stats = await fetch(`${hub.controlUrl}/control/stats`);
    expect(await stats.json()).toMatchObject({ receivedEventCount: 0 });
    await hub.stop();
  });

  it('speaks TLS with --hubs-tls, and tells the authority', async () => {
    const hub = await startEventHubPart(readStartOptions(['--hubs-tls']).world);

    const { tls } = eventHubDocument(hub);
    expect(tls?.connectionString).toBe(hub.tls?.connectionString);
    expect(await readFile(tls?.authorityFile ?? '', 'utf8')).toContain('BEGIN CERTIFICATE');
    await hub.stop();
  });
});
