/**
 * The .NET SDK and AMQPNetLite against the stand-in: the checks are written in C#, built into a
 * temporary folder and run by those clients, all in one process.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { buildDotnet } from '../../helpers/dotnetProject.ts';
import {
  type ForeignRun,
  itFindsTitles,
  itHolds,
  runForeignChecks,
} from '../../helpers/foreignChecks.ts';
import { clientsOf, read } from './helpers/clients.ts';
import {
  hubsFor,
  itKeepsKeysTogether,
  itSendsAsMeant,
  sendFromJavaScript,
  titlesIn,
} from './helpers/foreignEvents.ts';

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

    itHolds(titles, () => dotnet);

    itKeepsKeysTogether(() => dotnet);

    const sent = (count: number) => read(consumer('app', fromDotnet), '0').received(count);
    itSendsAsMeant(sent, [true, false]);
  });
}

itFindsTitles(titles, 40);
