/**
 * The published pattern of leased partitions: ten blobs, each worth a tenth of the quota to whoever
 * holds its lease for 15 s.
 * Source: Azure Architecture Center, Rate Limiting pattern, 2026-11-23.
 */
import type { Fleet, Instance, Strategy } from '../fleet.ts';
import { type PacedLine, pacedLine } from './pacedLine.ts';

const partitionCount = 10;
const leaseMs = 15_000;
const attemptMs = 500;
const soundRatio = 0.98;

export function leases(fleet: Fleet): Strategy {
  const untilMs = Array.from({ length: partitionCount }, () => Number.NEGATIVE_INFINITY);
  const members = new Map<number, Member>();
  return {
    start: (instance) => void members.set(instance.index, member(fleet, instance, untilMs)),
    submit(instance, item) {
      const own = members.get(instance.index);
      own?.line.add(item);
      own?.seek();
    },
  };
}

interface Member {
  readonly line: PacedLine;
  /** Tries for partitions as long as there is more work than partitions. */
  seek(): void;
}

function member(fleet: Fleet, instance: Instance, untilMs: number[]): Member {
  const { time, draws, storage, scenario } = fleet;
  const mine = new Set<number>();
  const perPartition = (scenario.quotaPerSecond * soundRatio) / partitionCount;
  let isSeeking = false;
  const line = pacedLine(
    fleet,
    instance,
    () => mine.size * perPartition,
    () => {},
  );
  const wants = () => Math.min(partitionCount, instance.held.size) > mine.size;
  const hold = (partition: number, askedAtMs: number) => {
    mine.add(partition);
    fleet.after(instance, askedAtMs + leaseMs - time.nowMs(), () => {
      mine.delete(partition);
      seek();
    });
    line.look();
  };
  const seek = () => {
    if (isSeeking || !wants()) return;
    isSeeking = true;
    const { life } = instance;
    fleet.after(instance, draws.uniform() * attemptMs, () => {
      const partition = Math.floor(draws.uniform() * partitionCount);
      const askedAtMs = time.nowMs();
      const lease = () => {
        if ((untilMs[partition] ?? 0) > time.nowMs()) return false;
        untilMs[partition] = time.nowMs() + leaseMs;
        return true;
      };
      storage.operate(lease, (isMine) => {
        if (instance.life !== life) return;
        isSeeking = false;
        if (isMine) hold(partition, askedAtMs);
        seek();
      });
    });
  };
  return { line, seek };
}
