/**
 * The Python SDK against the stand-in: the checks are written in Python and run by its own client.
 * This SDK knows one port, 5671, and TLS only, so the stand-in gets a loopback address of its own.
 */
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { type Storage, startStorage } from '../../../local/storage/startStorage.ts';
import { type ForeignRun, itFindsTitles, itHolds } from '../../helpers/foreignChecks.ts';
import { hasPythonPackage, runPythonChecks } from '../../helpers/pythonPackages.ts';
import { clientsOf, read } from './helpers/clients.ts';
import {
  hubsFor,
  itKeepsKeysTogether,
  itSendsAsMeant,
  sendFromJavaScript,
  titlesIn,
} from './helpers/foreignEvents.ts';

const folder = new URL('./python/', import.meta.url).pathname;
const titles = titlesIn(folder, '.py', /^@check\("(.+)"\)$/gm);
const fromJavaScript = 'from-javascript';
const fromPython = 'from-python';
const access = { keyName: 'RootManageSharedAccessKey', key: 'SAS_KEY_VALUE' };
const hasPython = await hasPythonPackage(
  { module: 'azure.eventhub', debianPackage: 'python3-azure' },
  'the event hub checks with the Python SDK',
);

let hub: EventHub;
let storage: Storage;
let python: ForeignRun;

async function startOnOwnAddress(): Promise<EventHub> {
  const hubs = hubsFor(titles, fromJavaScript, fromPython);
  const host = `127.${randomInt(1, 250)}.${randomInt(1, 250)}.${randomInt(1, 250)}`;
  return startEventHub({ hubs, host, port: 5671, tls: true, ...access });
}

function settings(): string {
  const host = new URL(/sb:\S+?(?=;)/.exec(hub.connectionString)?.[0] ?? '').hostname;
  return JSON.stringify({
    connectionString: `Endpoint=sb://${host};SharedAccessKeyName=${access.keyName};SharedAccessKey=${access.key}`,
    authorityFile: hub.tls?.authorityFile,
    host,
    ...access,
    storage: storage.connectionString,
    fromJavaScript,
    fromPython,
  });
}

if (hasPython) {
  describe('the Python SDK', () => {
    beforeAll(async () => {
      [hub, storage] = await Promise.all([startOnOwnAddress(), startStorage()]);
      await sendFromJavaScript(hub.connectionString, fromJavaScript);
      python = await runPythonChecks(`${folder}main.py`, { STAND_IN: settings() });
    }, 240_000);
    afterAll(async () => {
      await Promise.all([hub.stop(), storage.stop()]);
    });
    const { consumer } = clientsOf(() => hub.connectionString);

    itHolds(titles, () => python);

    itKeepsKeysTogether(() => python);

    const sent = (count: number) => read(consumer('app', fromPython), '0').received(count);
    // Python writes booleans in the long form, which rhea, inside the SDK, reads as numbers.
    itSendsAsMeant(sent, [1, 0]);
  });
}

itFindsTitles(titles, 40);
