/** Where and how a process of the crew dies. */
import type { RandomStream } from '../../local/samples/render/random.ts';
import type { StepHook, StepName } from '../steps.ts';
import type { KillPoint } from './wire.ts';

/** Every step that a photo of the bench comes past; the rare ones end a process less often. */
const steps: readonly [StepName, ...StepName[]] = [
  'open',
  'claim',
  'lookup',
  'read',
  'check',
  'slot',
  'predict',
  'outcome',
  'publish',
  'release',
  'park',
];

/** @param photosPerKill - a process should not outlive about that many photos. */
export function drawKillPoint(random: RandomStream, photosPerKill: number): KillPoint {
  const step = random.pick(steps);
  const phase = random.next() < 0.5 ? 'before' : 'after';
  // Parking is rare: the first time is as good as any.
  const nth = step === 'park' ? 1 : 1 + random.integer(Math.max(1, photosPerKill));
  return { step, phase, nth };
}

export function killAt(point: KillPoint | undefined): StepHook {
  let count = 0;
  return (step, phase) => {
    if (point === undefined || step !== point.step || phase !== point.phase) return;
    count += 1;
    if (count === point.nth) process.kill(process.pid, 'SIGKILL');
  };
}
