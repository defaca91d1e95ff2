/** The event hub as a part of the local world: what `npm start` takes and tells. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventHubConsumerClient } from '@azure/event-hubs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventHubDocument, startEventHubPart } from '../../../local/parts/eventHub.ts';
import { readStartOptions } from '../../../local/startOptions.ts';
import { standInOnly } from './helpers/target.ts';

standInOnly('part of the local world', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sightglass-hubs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('tells where its control interface is, and of no TLS unless asked', async () => {
    const hub = await startEventHubPart(readStartOptions([]).world);

    expect(eventHubDocument(hub)).toMatchObject({ control: hub.controlUrl, tls: null });
    const stats = await fetch(`${hub.controlUrl}/control/stats`);
    expect(await stats.json()).toMatchObject({ receivedEventCount: 0 });
    await hub.stop();
  });

  it('has the hubs of an emulator Config.json beside its own with --hubs', async () => {
    const file = join(folder, 'Config.json');
    const hub = { Name: 'Parts', PartitionCount: '3', ConsumerGroups: [{ Name: 'audit' }] };
    const namespace = { Type: 'EventHub', Name: 'emulatorNs1', Entities: [hub] };
    writeFileSync(file, JSON.stringify({ UserConfig: { NamespaceConfig: [namespace] } }));
    const { connectionString, stop } = await startEventHubPart(
      readStartOptions(['--hubs', file]).world,
    );

    const counts = await Promise.all(
      ['parts', 'captures', 'predictions'].map(async (name) => {
        const client = new EventHubConsumerClient('$Default', connectionString, name);
        const ids = await client.getPartitionIds();
        await client.close();
        return ids.length;
      }),
    );

    expect(counts).toEqual([3, 2, 2]);
    await stop();
  });

  it.each([
    ['is not there', undefined, 'ENOENT'],
    ['is no JSON', '{', 'JSON'],
    ['has a hub of 33 partitions', 33, 'PartitionCount'],
  ] as const)('names the file and what is wrong where Config.json %s', (_, content, text) => {
    const file = join(folder, 'Config.json');
    const entity = { Name: 'parts', PartitionCount: content };
    const config = { UserConfig: { NamespaceConfig: [{ Entities: [entity] }] } };
    if (content !== undefined) {
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(config));
    }

    expect(() => readStartOptions(['--hubs', file])).toThrow(text);
    expect(() => readStartOptions(['--hubs', file])).toThrow(file);
  });

  it('speaks TLS with --hubs-tls, and tells the authority', async () => {
    const hub = await startEventHubPart(readStartOptions(['--hubs-tls']).world);

    const { tls } = eventHubDocument(hub);
    expect(tls?.connectionString).toBe(hub.tls?.connectionString);
    expect(await readFile(tls?.authorityFile ?? '', 'utf8')).toContain('BEGIN CERTIFICATE');
    await hub.stop();
  });
});
