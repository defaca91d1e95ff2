/** Telemetry itself: refused for a while, and refused for good. */
import type { Ground } from '../ground.ts';
import type { WorldScenario, WorldStage } from '../worldStage.ts';
import { everydayWork } from './work.ts';

/** What is refused so is sent again later: nothing new arrives, nothing is lost. */
const silent: WorldScenario = {
  proves: [{ rule: 'telemetry-silent' }],
  async inject(ground) {
    await ground.order('telemetry', 'POST', 'faults', { kind: 'status', status: 503 });
    await tellInVain(ground);
  },
  clear: (ground) => ground.order('telemetry', 'DELETE', 'faults'),
};

/** What is refused so is given up by the exporter, and counted; the count arrives afterwards. */
const dropping: WorldScenario = {
  proves: [{ rule: 'telemetry-dropping', group: { recordKind: 'metric' } }],
  async inject(ground) {
    await ground.order('telemetry', 'POST', 'faults', { kind: 'status', status: 400 });
    await tellInVain(ground);
    await ground.order('telemetry', 'DELETE', 'faults');
  },
  clear: async () => {},
};

/** Spans, logs and metrics go out by themselves, at most nine times a second here, metrics twice. */
const callsWithMetricsCount = 15;

/** Until readings have been refused: before that, silence would mean nothing. */
async function tellInVain(ground: Ground): Promise<void> {
  const before = ground.refusedCount();
  await ground.until('telemetry to be refused', async () => {
    await ground.run('reportQuota');
    return ground.refusedCount() >= before + callsWithMetricsCount;
  });
}

export const telemetryStage: WorldStage = {
  name: 'telemetry',
  world: {},
  work: everydayWork,
  scenarios: [silent, dropping],
};
