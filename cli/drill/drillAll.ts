/** The whole drill: worlds beside each other, as many at a time as a small machine bears. */
import pLimit from 'p-limit';
import { messageOf } from '../../shared/errors.ts';
import type { AlertRuleName } from '../../shared/telemetry/alerts/alertRules.ts';
import { openGround } from './ground.ts';
import { type DrilledStage, notDrilled, runStage } from './runStage.ts';
import { stages } from './stages.ts';
import type { WorldStage } from './worldStage.ts';

const worldsAtATimeCount = 2;

export interface DrillOptions {
  /** Absent: all. */
  readonly rules: ReadonlySet<AlertRuleName> | undefined;
  readonly say: (text: string) => void;
  /** Aborted: what was begun is finished, nothing else begins. */
  readonly interrupted: AbortSignal;
}

export async function drillAll(options: DrillOptions): Promise<DrilledStage> {
  const oneOf = pLimit(worldsAtATimeCount);
  const wanted = stages.flatMap((stage) => narrowed(stage, options.rules));
  const drilled = await Promise.all(
    wanted.map((stage) => oneOf(async () => drillStage(stage, options))),
  );
  return {
    rules: drilled.flatMap(({ rules }) => rules),
    noisy: [...new Set(drilled.flatMap(({ noisy }) => noisy))],
  };
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
  { say, interrupted }: DrillOptions,
): Promise<DrilledStage> {
  if (interrupted.aborted) return { rules: [], noisy: [] };
  try {
    const ground = await openGround(stage.world);
    try {
      return await runStage(stage, ground, say);
    } finally {
      await ground.close();
    }
  } catch (error) {
    say(`${stage.name}: ${messageOf(error)}`);
    const rules = stage.scenarios.flatMap((scenario) => notDrilled(scenario, error));
    return { rules, noisy: [] };
  }
}
