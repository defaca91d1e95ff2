/** What a simulation must not show, whatever its seed. */
import { type SimulationOptions, type SimulationReport, unfitEvery } from './runSimulation.ts';
import { callsPerSecond } from './simulatedHost.ts';

/** Where fewer processes died with work in hand, the run proves little. */
const leastKillRatio = 0.6;

/** @returns each broken one with what was seen; none where all are kept. */
export function brokenPromises(
  { photoCount, killCount }: Pick<SimulationOptions, 'photoCount' | 'killCount'>,
  report: SimulationReport,
): string[] {
  const rejectedCount = Math.ceil(photoCount / unfitEvery);
  const leastKillCount = killCount * leastKillRatio;
  const promised: readonly Promised[] = [
    promise('lost', report.lostCount, isNone),
    promise('doubled', report.doubledCount, isNone),
    promise('unpublished', report.unpublishedCount, isNone),
    promise('claimsLeft', report.claimsLeftCount, isNone),
    promise('paidTwiceBeyondInFlight', report.paidTwiceBeyondInFlightCount, isNone),
    promise('rejected', report.rejectedCount, (seen) => seen === rejectedCount),
    promise('effectiveKills', report.effectiveKillCount, (seen) => seen >= leastKillCount),
    promise('mostCallsInTenSeconds', report.mostCallsCount, (seen) => seen <= 10 * callsPerSecond),
  ];
  return promised.filter(({ isKept }) => !isKept).map(({ name, seen }) => `${name} ${seen}`);
}

const isNone = (seen: number): boolean => seen === 0;

interface Promised {
  readonly name: string;
  readonly seen: number;
  readonly isKept: boolean;
}

function promise(name: string, seen: number, keeps: (seen: number) => boolean): Promised {
  return { name, seen, isKept: keeps(seen) };
}
