/** The whole drill: worlds beside each other, as many at a time as a small machine bears. */
import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { messageOf } from '../../shared/errors.ts';
import type { AlertRuleName } from '../../shared/telemetry/alerts/alertRules.ts';
import type { Told } from './azure/arrival.ts';
import type { ToldStage } from './azure/proveInAzure.ts';
import type { Relay } from './azure/relay.ts';
import { type Ground, openGround } from './ground.ts';
import { type DrilledStage, interruption, notDrilled, runStage } from './runStage.ts';
import { stages } from './stages.ts';
import type { WorldStage } from './worldStage.ts';

const worldsAtATimeCount = 2;

export interface DrillOptions {
  /** Absent: all. */
  readonly rules: ReadonlySet<AlertRuleName> | undefined;
  readonly say: (text: string) => void;
  /** Aborted: worlds are taken down as they are, and nothing else begins. */
  readonly interrupted: AbortSignal;
  /** Who else is to have what each world told. */
  readonly relay?: Relay;
}

export async function drillAll(options: DrillOptions): Promise<DrilledStage> {
  return together(await drillStages(options));
}

/** As it was seen here. */
export function together(stages: readonly ToldStage[]): DrilledStage {
  return {
    rules: stages.flatMap(({ drilled }) => drilled.rules),
    noisy: [...new Set(stages.flatMap(({ drilled }) => drilled.noisy))],
  };
}

/** Each stage by itself, with what was sent on of it. */
export async function drillStages(options: DrillOptions): Promise<ToldStage[]> {
  const oneOf = pLimit(worldsAtATimeCount);
  const runId = randomUUID().slice(0, 8);
  const wanted = stages.flatMap((stage) => narrowed(stage, options.rules));
  const { interrupted, say } = options;
  interrupted.addEventListener('abort', () => say('interrupted: the worlds are taken down'));
  return Promise.all(
    wanted.map((stage) =>
      oneOf(async () => drillStage(stage, `drill-${runId}-${stage.name}`, options)),
    ),
  );
}

/** @returns nothing where no rule of the stage is wanted. */
function narrowed(stage: WorldStage, rules: DrillOptions['rules']): WorldStage[] {
  if (!rules) return [stage];
  const scenarios = stage.scenarios.flatMap((scenario) => {
    const proves = scenario.proves.filter(({ rule }) => rules.has(rule));
    return proves.length === 0 ? [] : [{ ...scenario, proves }];
  });
  return scenarios.length === 0 ? [] : [{ ...stage, scenarios }];
}

async function drillStage(
  stage: WorldStage,
  roleInstance: string,
  options: DrillOptions,
): Promise<ToldStage> {
  const proofs = stage.scenarios.flatMap(({ proves }) => proves);
  const without = (error: unknown): ToldStage => {
    const rules = stage.scenarios.flatMap((scenario) => notDrilled(scenario, error));
    return { drilled: { rules, noisy: [] }, proofs, told: notSent };
  };
  const { say, interrupted } = options;
  if (interrupted.aborted) return without(interruption);
  try {
    const fromMs = Date.now();
    const settings = { ...stage.world.settings, WEBSITE_INSTANCE_ID: roleInstance };
    const ground = await openGround({ ...stage.world, settings });
    try {
      const drilled = await runStage(stage, ground, say, interrupted);
      return { drilled, proofs, told: await sentOn(ground, { roleInstance, fromMs }, options) };
    } finally {
      await ground.close();
    }
  } catch (error) {
    say(`${stage.name}: ${messageOf(error)}`);
    return without(error);
  }
}

const notSent = { problem: 'nothing was sent on' };

async function sentOn(
  ground: Ground,
  { roleInstance, fromMs }: { readonly roleInstance: string; readonly fromMs: number },
  { relay, say, interrupted }: DrillOptions,
): Promise<Told | typeof notSent> {
  if (!relay || interrupted.aborted) return notSent;
  try {
    const counts = await relay(ground.texts());
    const rowCount = Object.values(counts).reduce((sum, count) => sum + count, 0);
    say(`${roleInstance}: ${rowCount} rows sent on`);
    return { roleInstance, counts, whole: { fromMs, untilMs: Date.now() } };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}
