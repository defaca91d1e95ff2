/** A month with few calls, shared by slots: paused by somebody, then spent. */
import { names } from '../../../shared/settings.ts';
import type { WorldScenario, WorldStage } from '../worldStage.ts';
import { unpaidWork } from './work.ts';

const model = 'parts';
const monthlyCallCount = 20;

const paused: WorldScenario = {
  proves: [{ rule: 'calls-paused', group: { model } }],
  async inject(ground) {
    await ground.command('pause', 'fire drill');
    await ground.run('reportQuota');
  },
  clear: (ground) => ground.command('resume'),
};

/** At nothing left the forecast is now, whatever the day of the month. */
const spent: WorldScenario = {
  proves: [
    { rule: 'quota-exhausted', group: { model } },
    { rule: 'quota-nearly-used' },
    { rule: 'quota-runs-out' },
  ],
  async inject(ground) {
    await ground.upload(monthlyCallCount + 5);
    await ground.until('the month to be spent', async () => {
      await ground.run('reportQuota');
      return ground.rows('customEvents', 'quota.exhausted', 0).length > 0;
    });
  },
  /** The month begins anew: nobody has called yet. */
  async clear(ground) {
    const quota = ground.blobs.getContainerClient(names.quotaContainer);
    for await (const { name } of quota.listBlobsFlat()) await quota.deleteBlob(name);
    // A process that has seen the month spent remembers it.
    await ground.order('functions', 'POST', 'worker/crash', {});
  },
};

export const quotaStage: WorldStage = {
  name: 'quota',
  world: {
    prediction: { quota: { callsPerSecond: 100 } },
    settings: { QUOTA_MONTHLY_CALLS: String(monthlyCallCount), QUOTA_WAIT_BUDGET_MS: '1000' },
  },
  work: unpaidWork,
  scenarios: [paused, spent],
};
