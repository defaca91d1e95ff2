/** A stage with the world that it takes place in. */
import type { WorldOptions } from '../../local/worldOptions.ts';
import type { Ground } from './ground.ts';
import type { Scenario, Stage } from './scenario.ts';

export type WorldScenario = Scenario<Ground>;

export interface WorldStage extends Stage<Ground> {
  readonly world: WorldOptions;
}
