/** The shared quota: how it stands, and a pause for everybody with a reason. */
import type { Composition } from '../../functions/compose.ts';
import type { FleetQuota } from '../../shared/quota/fleetQuota.ts';
import type { Command } from '../command.ts';
import { wrongUse } from '../runCommand.ts';
import { presentStats } from './forecast.ts';

export const quota: Command = {
  usage: `quota
      the shared quota: rate, headroom, what is reserved ahead, used this month, pause.`,
  options: {},
  async run({ composed }) {
    const stats = await presentStats(composed);
    const { mode, perSecond, maxPerSecond, headroomRatio, usedThisMonthCount } = stats;
    const month = stats.monthlyCallCount === undefined ? '' : ` of ${stats.monthlyCallCount}`;
    return {
      exitCode: 0,
      document: stats,
      lines: [
        `mode      ${mode}${stats.pausedBecause === '' ? '' : `: ${stats.pausedBecause}`}`,
        `rate      ${perSecond.toFixed(2)} of ${maxPerSecond.toFixed(2)} calls/s`,
        `headroom  ${(100 * headroomRatio).toFixed(0)} %, ${Math.round(stats.reservedAheadMs)} ms reserved ahead`,
        `month     ${usedThisMonthCount}${month} calls`,
      ],
    };
  },
};

export const pause: Command = {
  usage: `pause REASON
      stops all calls of the fleet within seconds; photos are parked meanwhile. The reason (32 bytes)
      shows in health and logs.`,
  options: {},
  async run({ composed, words }) {
    const reason = words.join(' ').trim();
    if (reason === '') {
      throw wrongUse('pause takes a REASON: whoever finds it has to know why', pause.usage);
    }
    const { pausedBecause } = await quotaOf(composed).pause(reason);
    return { exitCode: 0, document: { pausedBecause }, lines: [`paused: ${pausedBecause}`] };
  },
};

export const resume: Command = {
  usage: `resume
      lifts the pause.`,
  options: {},
  async run({ composed }) {
    await quotaOf(composed).pause('');
    return { exitCode: 0, document: { pausedBecause: '' }, lines: ['calls go out again'] };
  },
};

function quotaOf({ fleetQuota }: Composition): FleetQuota {
  if (fleetQuota) return fleetQuota;
  throw new Error('there is no shared quota here: QUOTA_CALLS_PER_SECOND is 0');
}
