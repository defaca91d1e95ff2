/**
 * The .NET SDK and AMQPNetLite against the stand-in: the checks are written in C#, built into a
 * temporary folder and run by those clients, all in one process.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { buildDotnet } from '../../helpers/dotnetProject.ts';
import { type ForeignRun, runForeignChecks } from '../../helpers/foreignChecks.ts';
import { clientsOf, read } from './helpers/clients.ts';
import { hubsFor, keyPlaces, sendFromJavaScript, titlesIn } from './helpers/foreignEvents.ts';

const folder = new URL('./dotnet/', import.meta.url).pathname;
const titles = titlesIn(folder, '.cs', /^ {4}\[Check\("(.+)"\)\]$/gm);
const fromJavaScript = 'from-javascript';
const fromDotnet = 'from-dotnet';
const access = { keyName: 'RootManageSharedAccessKey', key: 'SAS_KEY_VALUE' };

const program = await buildDotnet(
  `${folder}Checks.csproj`,
  'the event hub checks with the .NET SDK and AMQPNetLite',
);

let hub: EventHub;
let dotnet: ForeignRun;

function settings(): string {
  return JSON.stringify({
    connectionString: hub.connectionString,
    tlsConnectionString: hub.tls?.connectionString,
    host: '127.0.0.1',
    port: hub.port,
    ...access,
    fromJavaScript,
    fromDotnet,
  });
}

if (program) {
  describe('the .NET SDK', () => {
    beforeAll(async () => {
      const hubs = hubsFor(titles, fromJavaScript, fromDotnet);
      hub = await startEventHub({ hubs, tls: true, ...access });
      await sendFromJavaScript(hub.connectionString, fromJavaScript);
      dotnet = await runForeignChecks(program.command, {
        STAND_IN: settings(),
        SSL_CERT_FILE: hub.tls?.authorityFile ?? '',
      });
    }, 240_000);
    afterAll(() => Promise.all([hub.stop(), program.remove()]));
    const { consumer } = clientsOf(() => hub.connectionString);

    it.each(titles)('%s', (title) => {
      const check = dotnet.checks.get(title);

      expect(check, dotnet.talk).toBeDefined();
      expect(check?.ok, `${check?.seen}\n${dotnet.talk}`).toBe(true);
    });

    it('gets its key where the JavaScript SDK puts it', () => {
      const check = dotnet.checks.get(
        'sends events that share a key to one partition, the one JavaScript chooses',
      );

      expect(check?.seen).toBe(keyPlaces());
    });

    it('sends bodies and properties that JavaScript reads as they were meant', async () => {
      const events = await read(consumer('app', fromDotnet), '0').received(4);

      const [json, binary, value, sequence] = events;
      expect(json).toMatchObject({
        body: { n: 1, text: 'grüße' },
        messageId: 'm-1',
        correlationId: 'c-1',
        contentType: 'application/json',
        properties: { text: 'grüße', whole: 7, negative: -3, fraction: 0.25, yes: true, no: false },
      });
      expect(binary?.body).toEqual(Buffer.from([0, 1, 255]));
      expect(value?.body).toBe('plain');
      expect(sequence?.body).toEqual([1, 'two']);
    });
  });
}

it('finds the checks by their titles, each only once', () => {
  expect(titles.length).toBeGreaterThan(40);
  expect(titles.length).toBe(new Set(titles).size);
});
