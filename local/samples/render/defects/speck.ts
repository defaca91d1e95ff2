/** Specks: a few foreign grains in the material, dark ones in light parts and light ones in dark. */
import type { Defect, DefectDraw, Surface } from '../defect.ts';
import { length, smoothStep } from '../shapes.ts';
import { drawClearSpot } from './clearSpot.ts';

interface Speck {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly opacity: number;
  /** Not all grains are round. */
  readonly flattening: number;
}

export function drawSpecks(draw: DefectDraw): Defect {
  const specks = Array.from({ length: 2 + draw.random.integer(5) }, () => drawSpeck(draw));
  return {
    mark: (x, y, surface) => {
      let strongest = 0;
      for (const speck of specks) {
        const strength = speckSurface(x, y, speck, surface);
        if (strength > strongest) strongest = strength;
      }
      return strongest;
    },
  };
}

function drawSpeck({ random, part, severity }: DefectDraw): Speck {
  const { x, y } = drawClearSpot(random, part, { x: 0.22, y: 0.15 });
  return {
    x,
    y,
    radius: random.between(0.01, 0.019) * (0.45 + 0.55 * severity),
    opacity: random.between(0.7, 0.98) * severity ** 0.7,
    flattening: random.between(0.7, 1.3),
  };
}

/** @returns how much of the speck covers this point, whatever its opacity. */
function speckSurface(x: number, y: number, speck: Speck, surface: Surface): number {
  const distance = length(x - speck.x, (y - speck.y) * speck.flattening);
  if (distance >= speck.radius * 1.25) return 0;
  const strength = smoothStep(speck.radius * 1.25, speck.radius * 0.7, distance);
  surface.grainRatio = Math.max(surface.grainRatio, strength * speck.opacity);
  return strength;
}
