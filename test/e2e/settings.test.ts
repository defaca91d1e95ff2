import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { startFunctionsHostProcess } from '../../local/functionsHost/startFunctionsHostProcess.ts';

it('loads with wrong settings, is alive, and says which ones are wrong without their values', async () => {
  const logs: string[] = [];
  const host = await startFunctionsHostProcess({
    entry: resolve('functions/main.ts'),
    settings: {
      PREDICTION_ENDPOINT: 'secret-endpoint',
      PREDICTION_PROJECT_ID: 'secret-project',
      // Served without its connection it would take every route of the host down.
      'AzureWebJobs.predictOnCapture.Disabled': 'true',
    },
    hostJson: JSON.parse(readFileSync('host.json', 'utf8')),
    onLog: ({ message }) => logs.push(message),
  });

  const live = await fetch(`${host.url}/api/health/live`);
  const ready = await fetch(`${host.url}/api/health/ready`);
  const answer = await ready.text();
  await host.stop();

  expect([live.status, ready.status]).toEqual([200, 503]);
  expect(JSON.parse(answer)).toMatchObject({ code: 'SETTINGS_INVALID' });
  for (const name of [
    'PREDICTION_ENDPOINT',
    'PREDICTION_PROJECT_ID',
    'PhotosStorage',
    'EventHubs',
  ]) {
    expect(answer).toContain(name);
  }
  expect(answer + logs.join()).not.toContain('secret');
});
