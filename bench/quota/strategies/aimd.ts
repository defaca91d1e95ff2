/** A rate per instance: up by a tenth per second each second, down to seven tenths on a refusal. */
import type { Fleet, Instance, Strategy } from '../fleet.ts';
import { type PacedLine, pacedLine } from './pacedLine.ts';

const firstPerSecond = 1;
const upPerSecond = 0.1;
const downRatio = 0.7;
const lowestPerSecond = 0.01;
const highestPerSecond = 20;
/** One cut a second: the refusals of one moment are one message. */
const holdMs = 1_000;

export function aimd(fleet: Fleet): Strategy {
  const lines = new Map<number, PacedLine>();
  return {
    start: (instance) => void lines.set(instance.index, adaptingLine(fleet, instance)),
    submit: (instance, item) => lines.get(instance.index)?.add(item),
  };
}

function adaptingLine(fleet: Fleet, instance: Instance): PacedLine {
  const { time } = fleet;
  let perSecond = firstPerSecond;
  let changedAtMs = time.nowMs();
  let cutAtMs = Number.NEGATIVE_INFINITY;
  return pacedLine(
    fleet,
    instance,
    () => perSecond,
    (isAccepted) => {
      const nowMs = time.nowMs();
      if (isAccepted) {
        const elapsedSeconds = Math.min(10, (nowMs - changedAtMs) / 1_000);
        perSecond = Math.min(highestPerSecond, perSecond + upPerSecond * elapsedSeconds);
      } else if (nowMs - cutAtMs >= holdMs) {
        perSecond = Math.max(lowestPerSecond, perSecond * downRatio);
        cutAtMs = nowMs;
      }
      changedAtMs = nowMs;
    },
  );
}
