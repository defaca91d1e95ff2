/**
 * What can be wrong with a part, from plain (severity 1) down to nothing at all (severity 0). A
 * defect acts on geometry and material, never on finished pixels, so light and camera treat it as
 * they treat the part. Severity changes no random draw: one seed shows one defect at any strength.
 */
import type { PartTag } from '../tags.ts';
import type { Part } from './body.ts';
import { drawFlash } from './defects/flash.ts';
import { drawScratches } from './defects/scratch.ts';
import { drawShortShot } from './defects/shortShot.ts';
import { drawSpecks } from './defects/speck.ts';
import type { Noise } from './noise.ts';
import type { RandomStream } from './random.ts';
import type { Outline } from './shapes.ts';

/** One point of the part's surface, changed in place by the marks on it. */
export interface Surface {
  slopeX: number;
  slopeY: number;
  /** Times the material's own colour. */
  shade: number;
  gloss: number;
  /** How much of a foreign grain shows instead of the material, 0 to 1. */
  grainRatio: number;
}

export interface Defect {
  /** Material cut away, as a distance that is positive inside the cut. */
  readonly cut?: Outline;
  /** How far a thin fin reaches over the edge here. */
  readonly finDepth?: Outline;
  /** @returns how strongly this point is marked, 0 to 1. */
  readonly mark?: (x: number, y: number, surface: Surface) => number;
}

export interface DefectDraw {
  readonly random: RandomStream;
  readonly noise: Noise;
  readonly part: Part;
  /** Dark parts scratch lighter, light ones darker. */
  readonly isDark: boolean;
  readonly severity: number;
}

const drawings: Readonly<Record<PartTag, (draw: DefectDraw) => Defect>> = {
  ok: () => ({}),
  flash: drawFlash,
  scratch: drawScratches,
  short_shot: drawShortShot,
  speck: drawSpecks,
};

export function drawDefect(tag: PartTag, draw: DefectDraw): Defect {
  return drawings[tag](draw);
}
