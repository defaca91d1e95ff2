/** Scratches: one or two slightly bent grooves that catch the light along one flank. */
import type { Defect, DefectDraw, Surface } from '../defect.ts';
import { length, smoothStep } from '../shapes.ts';
import { drawClearSpot } from './clearSpot.ts';

interface Groove {
  readonly startX: number;
  readonly startY: number;
  /** The direction of the groove, of length 1. */
  readonly alongX: number;
  readonly alongY: number;
  readonly reach: number;
  readonly halfWidth: number;
  readonly bend: number;
}

/** What a fully marked point of a scratch changes. */
interface Scrape {
  readonly slope: number;
  readonly shade: number;
  readonly gloss: number;
}

export function drawScratches(draw: DefectDraw): Defect {
  const grooves = Array.from({ length: 1 + draw.random.integer(2) }, () => drawGroove(draw));
  const { severity } = draw;
  const scrape = {
    slope: 1.1 * severity,
    shade: (draw.isDark ? 0.8 : -0.46) * severity,
    gloss: 0.25 * severity,
  };
  return {
    mark: (x, y, surface) => {
      let strongest = 0;
      for (const groove of grooves) {
        const strength = scratchSurface(x, y, { groove, scrape, surface });
        if (strength > strongest) strongest = strength;
      }
      return strongest;
    },
  };
}

function drawGroove({ random, part, severity }: DefectDraw): Groove {
  const angle = random.between(0, Math.PI);
  const reach = random.between(0.14, 0.34);
  const middle = drawClearSpot(random, part, { x: 0.14, y: 0.1 });
  const alongX = Math.cos(angle);
  const alongY = Math.sin(angle);
  return {
    startX: middle.x - (alongX * reach) / 2,
    startY: middle.y - (alongY * reach) / 2,
    alongX,
    alongY,
    reach,
    halfWidth: random.between(0.0045, 0.0072) * (0.5 + 0.5 * severity),
    bend: random.between(-0.08, 0.08) * reach,
  };
}

interface Scratching {
  readonly groove: Groove;
  readonly scrape: Scrape;
  readonly surface: Surface;
}

function scratchSurface(x: number, y: number, { groove, scrape, surface }: Scratching): number {
  const { alongX, alongY, reach, halfWidth } = groove;
  const fromX = x - groove.startX;
  const fromY = y - groove.startY;
  const position = Math.min(reach, Math.max(0, fromX * alongX + fromY * alongY));
  const bent = groove.bend * Math.sin((position / reach) * Math.PI);
  const offX = fromX - alongX * position + alongY * bent;
  const offY = fromY - alongY * position - alongX * bent;
  const distance = length(offX, offY);
  if (distance >= halfWidth * 1.9) return 0;
  const strength = smoothStep(halfWidth * 1.9, halfWidth * 0.4, distance);
  const flank = offY * alongX - offX * alongY > 0 ? strength : -strength;
  surface.slopeX -= flank * alongY * scrape.slope;
  surface.slopeY += flank * alongX * scrape.slope;
  surface.shade *= 1 + strength * scrape.shade;
  surface.gloss += strength * scrape.gloss;
  return strength;
}
