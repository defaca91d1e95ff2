/** Every stage of the drill; together they prove every alert rule. */

import { endpointStage } from './scenarios/endpointStage.ts';
import { photoStage } from './scenarios/photoStage.ts';
import { quotaStage } from './scenarios/quotaStage.ts';
import { standstillStage } from './scenarios/standstillStage.ts';
import { telemetryStage } from './scenarios/telemetryStage.ts';
import type { WorldStage } from './worldStage.ts';

/** The longest first. */
export const stages: readonly WorldStage[] = [
  standstillStage,
  endpointStage,
  photoStage,
  quotaStage,
  telemetryStage,
];
