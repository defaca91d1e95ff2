/**
 * Names the steps on a photo's way, as calls to ports, so that a bench or a test can stop, fail or
 * order them without the pipeline knowing. The wrapper goes around the dependencies.
 */
import type { PipelineDeps } from '../shared/pipeline/deps.ts';

export type StepName =
  | 'open'
  | 'claim'
  | 'lookup'
  | 'read'
  | 'check'
  | 'slot'
  | 'predict'
  | 'outcome'
  | 'publish'
  | 'release'
  | 'note'
  | 'park';

/**
 * Called before each step and after it took effect; throwing makes the step fail at that point.
 * `check` is synchronous: a promise for it is not waited for.
 */
export type StepHook = (step: StepName, phase: 'before' | 'after') => void | Promise<void>;

export function withSteps(deps: PipelineDeps, hook: StepHook): PipelineDeps {
  return {
    ...deps,
    photos: named(deps.photos, { open: 'open', read: 'read' }, hook),
    claims: named(deps.claims, { take: 'claim', replace: 'claim', release: 'release' }, hook),
    entries: named(deps.entries, { enter: 'lookup', note: 'note' }, hook),
    outcomes: named(deps.outcomes, { find: 'lookup', record: 'outcome' }, hook),
    quota: named(deps.quota, { acquire: 'slot' }, hook),
    predictor: named(deps.predictor, { predict: 'predict' }, hook),
    events: named(deps.events, { publish: 'publish' }, hook),
    deferrals: named(deps.deferrals, { send: 'park' }, hook),
    readSize(bytes) {
      void hook('check', 'before');
      const size = deps.readSize(bytes);
      void hook('check', 'after');
      return size;
    },
  };
}

/** A proxy and no copy: what else a port carries (a test's view into it) stays as it is. */
function named<Port extends object>(
  port: Port,
  steps: Readonly<Partial<Record<keyof Port, StepName>>>,
  hook: StepHook,
): Port {
  const stepOf = new Map<string | symbol, StepName>(
    Object.entries<StepName | undefined>(steps).flatMap(([method, step]) =>
      step ? [[method, step] as const] : [],
    ),
  );
  return new Proxy(port, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      const step = stepOf.get(name);
      if (step === undefined || typeof value !== 'function') return value;
      return async (...call: unknown[]) => {
        await hook(step, 'before');
        const result: unknown = await Reflect.apply(value, target, call);
        await hook(step, 'after');
        return result;
      };
    },
  });
}
