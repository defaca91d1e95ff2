/**
 * What the pipeline adds to one photo beyond its prediction call and its storage calls: checking,
 * hashing, deciding, writing down, announcing. Photos come one at a time, as on a line.
 */
import { processBatch } from '../shared/pipeline/processBatch.ts';
import type { Bench } from './measure.ts';
import { quantile } from './measure.ts';
import { openWorkbench } from './workbench.ts';

const warmUpCount = 50;

export const latency: Bench = async ({ seed, isQuick, say }) => {
  const photoCount = isQuick ? 50 : 400;
  const bench = await openWorkbench(seed);
  const { deps } = bench.composed;
  const timed = stopwatch();
  const measured = {
    ...deps,
    photos: timed.around(deps.photos, ['open', 'read']),
    claims: timed.around(deps.claims, ['take', 'release']),
    entries: timed.around(deps.entries, ['enter']),
    outcomes: timed.around(deps.outcomes, ['find', 'record']),
    predictor: timed.around(deps.predictor, ['predict']),
  };
  const budget = { startUntilMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
  const refs = await bench.upload('latency', warmUpCount + photoCount);
  const addedMs: number[] = [];
  for (const photo of refs) {
    timed.reset();
    const startedAtMs = performance.now();
    const source = { trigger: 'upload', context: {} } as const;
    const seen = { firstSeenAtMs: deps.clock.nowMs(), deferralCount: 0, badAnswerCount: 0 };
    await processBatch(measured, [{ photo, source, ...seen }], budget);
    addedMs.push(performance.now() - startedAtMs - timed.spentMs());
  }
  await bench.stop();
  const kept = addedMs.slice(warmUpCount);
  say(`${kept.length} photos, one at a time`);
  const common = { case: `photos=${photoCount}`, unit: 'ms' } as const;
  const target = { op: '<=', value: 20 } as const;
  return [
    { ...common, name: 'addedLatencyP50Ms', value: quantile(kept, 0.5) },
    { ...common, name: 'addedLatencyP95Ms', value: quantile(kept, 0.95), target },
    { ...common, name: 'addedLatencyP99Ms', value: quantile(kept, 0.99) },
  ];
};

/** Adds up the time spent inside the named methods. */
function stopwatch() {
  let totalMs = 0;
  return {
    reset: () => {
      totalMs = 0;
    },
    spentMs: () => totalMs,
    around<Port extends object>(port: Port, methods: readonly (keyof Port)[]): Port {
      return new Proxy(port, {
        get(target, name, receiver) {
          const value: unknown = Reflect.get(target, name, receiver);
          if (typeof value !== 'function' || !methods.some((method) => method === name))
            return value;
          return async (...call: unknown[]) => {
            const startedAtMs = performance.now();
            try {
              return await Reflect.apply(value, target, call);
            } finally {
              totalMs += performance.now() - startedAtMs;
            }
          };
        },
      });
    },
  };
}
