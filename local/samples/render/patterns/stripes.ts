/** Stripes, soft or hard, and checks. */
import type { Picture } from '../canvas.ts';
import type { RandomStream } from '../random.ts';
import { drawColour, paintBlend } from './pattern.ts';

/** How bright it is, by the phase across the stripes and along them. */
type Profile = (across: number, along: number) => number;

const profiles: readonly [Profile, ...Profile[]] = [
  (across) => 0.5 + 0.5 * Math.sin(across),
  (across) => (Math.sin(across) > 0 ? 1 : 0),
  (across, along) => (Math.sin(across) * Math.sin(along) > 0 ? 1 : 0),
];

export function paintStripes(random: RandomStream, sizePx: number): Picture {
  const angle = random.between(0, Math.PI);
  const radiansPerPx = (2 * Math.PI) / random.between(4, 60);
  const profile = random.pick(profiles);
  const cosine = Math.cos(angle) * radiansPerPx;
  const sine = Math.sin(angle) * radiansPerPx;
  return paintBlend(sizePx, [drawColour(random), drawColour(random)], (column, row) =>
    profile(column * cosine + row * sine, row * cosine - column * sine),
  );
}
