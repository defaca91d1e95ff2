/** What the endpoint can do to us: slow, refusing, failing, gone, not ours, a key of two; and the price of a day. */
import type { Ground } from '../ground.ts';
import type { WorldScenario, WorldStage } from '../worldStage.ts';
import { everydayWork, fault, noFaults } from './work.ts';

const model = 'parts';

const slow: WorldScenario = {
  proves: [{ rule: 'endpoint-slow', group: { model } }],
  async inject(ground) {
    await ground.order('prediction', 'PUT', 'latency', { fixedMs: 4_000 });
    await ground.settled(await ground.upload(6));
  },
  clear: (ground) => ground.order('prediction', 'PUT', 'latency', { fixedMs: 0 }),
};

const unavailable: WorldScenario = {
  proves: [{ rule: 'endpoint-unavailable' }],
  async inject(ground) {
    await fault(ground, 'prediction', { name: 'reset' });
    await ground.run('probeEndpoint');
    await ground.run('probeEndpoint');
  },
  clear: (ground) => noFaults(ground, 'prediction'),
};

/** Those that were refused are parked for seconds: they come back before the next fault. */
const throttled: WorldScenario = {
  proves: [{ rule: 'calls-throttled', group: { model } }],
  async inject(ground) {
    await fault(ground, 'prediction', { name: 'throttle', count: 15 });
    await ground.settled(await ground.upload(25));
  },
  clear: (ground) => noFaults(ground, 'prediction'),
};

const costly: WorldScenario = {
  proves: [{ rule: 'cost-above-budget' }],
  inject: async (ground) => ground.settled(await ground.upload(55)),
  clear: async () => {},
};

const misconfigured: WorldScenario = {
  proves: [{ rule: 'endpoint-misconfigured', group: { model } }],
  async inject(ground) {
    await ground.order('prediction', 'POST', 'unpublish', { publishedName: model });
    await ground.upload(1);
  },
  async clear(ground) {
    const iterationId = await publishedIteration(ground);
    await ground.order('prediction', 'POST', 'publish', { publishedName: model, iterationId });
  },
};

/** As the probe before the fault has seen it. */
async function publishedIteration(ground: Ground): Promise<string> {
  const settled = ground.rows('customEvents', 'photo.settled', 0);
  const seen = settled.flatMap(({ customDimensions }) => customDimensions['iterationId'] ?? []);
  const iterationId = seen.at(-1);
  if (iterationId === undefined) throw new Error('no outcome has named its iteration');
  return iterationId;
}

/** A storm: half of at least twenty calls in half a minute. */
const failing: WorldScenario = {
  proves: [{ rule: 'endpoint-failing', group: { model } }],
  async inject(ground) {
    await fault(ground, 'prediction', { name: 'unavailable' });
    await ground.upload(30);
  },
  clear: (ground) => noFaults(ground, 'prediction'),
};

const keys = { key: 'drilled0key1of2', secondKey: 'drilled0key2of2' };

const keyRefused: WorldScenario = {
  proves: [{ rule: 'key-refused', group: { model, refusedKey: 'first' } }],
  async inject(ground) {
    await ground.order('prediction', 'POST', 'keys', { keyName: 'key1' });
    await ground.settled(await ground.upload(1));
  },
  async clear(ground) {
    await ground.order('prediction', 'POST', 'keys', { keyName: 'key1', value: keys.key });
    // As for a setting that was mended: a process remembers which key was refused.
    await ground.order('functions', 'POST', 'worker/crash', {});
  },
};

export const endpointStage: WorldStage = {
  name: 'endpoint',
  world: {
    prediction: keys,
    settings: {
      PREDICTION_BREAKER_OPEN_MS: '1000',
      PRICE_PER_1000_PREDICTIONS: '1000',
      PREDICTION_SECOND_KEY: keys.secondKey,
    },
  },
  work: everydayWork,
  scenarios: [slow, unavailable, throttled, costly, misconfigured, failing, keyRefused],
};
