/**
 * Proton, a client that knows AMQP and nothing of Event Hubs, against the stand-in: the checks are
 * written in Python and run by Debian's binding of it.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import { type EventHub, startEventHub } from '../../../local/eventHub/startEventHub.ts';
import { type ForeignRun, itFindsTitles, itHolds } from '../../helpers/foreignChecks.ts';
import { hasPythonPackage, runPythonChecks } from '../../helpers/pythonPackages.ts';
import { hubsFor, sendFromJavaScript, titlesIn } from './helpers/foreignEvents.ts';

const folder = new URL('./proton/', import.meta.url).pathname;
const titles = titlesIn(folder, '.py', /^@check\("(.+)"\)$/gm);
const fromJavaScript = 'from-javascript';
const access = { keyName: 'RootManageSharedAccessKey', key: 'SAS_KEY_VALUE' };

const hasProton = await hasPythonPackage(
  { module: 'proton', debianPackage: 'python3-qpid-proton' },
  'the event hub checks with Proton',
);

let hub: EventHub;
let proton: ForeignRun;

if (hasProton) {
  describe('Proton', () => {
    beforeAll(async () => {
      hub = await startEventHub({ hubs: hubsFor(titles, fromJavaScript), tls: true, ...access });
      await sendFromJavaScript(hub.connectionString, fromJavaScript);
      const settings = { port: hub.port, authorityFile: hub.tls?.authorityFile, fromJavaScript };
      proton = await runPythonChecks(`${folder}main.py`, {
        STAND_IN: JSON.stringify({ ...settings, ...access }),
      });
    }, 120_000);
    afterAll(() => hub.stop());

    itHolds(titles, () => proton);
  });
}

itFindsTitles(titles, 10);
