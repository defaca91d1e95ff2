/** Flash: a thin translucent fin where the mould's halves let material through. */
import type { Defect, DefectDraw } from '../defect.ts';
import { boxDistance, smoothStep } from '../shapes.ts';

export function drawFlash({ random, noise, part, severity }: DefectDraw): Defect {
  const middleRadians = random.between(0, 2 * Math.PI);
  const halfSpanRadians = random.between(0.6, 1.2);
  const depth = random.between(0.045, 0.075) * severity;
  const raggedness = random.between(0, 99);
  return {
    finDepth: (x, y) => {
      if (boxDistance(x, y, part.plate) <= 0) return 0;
      const angle = Math.atan2(y, x);
      const turned = (angle - middleRadians + 3 * Math.PI) % (2 * Math.PI);
      const span = smoothStep(halfSpanRadians, halfSpanRadians * 0.55, Math.abs(turned - Math.PI));
      if (span === 0) return 0;
      return span * depth * (0.6 + 0.7 * noise(angle * 9 + raggedness, 3.3));
    },
  };
}
