/** The shared quota: how it stands, and a pause for everybody with a reason. */
import type { Composition } from '../../functions/compose.ts';
import type { FleetQuota } from '../../shared/quota/fleetQuota.ts';
import type { QuotaStats } from '../../shared/quota/quotaStats.ts';
import type { Asked, Command } from '../command.ts';
import { wrongUse } from '../runCommand.ts';
import { presentStats } from './forecast.ts';

export const quota: Command = {
  usage: `quota
      the shared quota: rate, headroom, what is reserved ahead, used this month, pause.`,
  options: {},
  async run({ composed }) {
    const stats = await presentStats(composed);
    const { mode, headroomRatio, usedThisMonthCount } = stats;
    const month = stats.monthlyCallCount === undefined ? '' : ` of ${stats.monthlyCallCount}`;
    return {
      exitCode: 0,
      document: stats,
      lines: [
        `mode      ${mode}${reasonOf(stats)}`,
        `rate      ${rateOf(stats)}`,
        `headroom  ${(100 * headroomRatio).toFixed(0)} %, ${Math.round(stats.reservedAheadMs)} ms reserved ahead`,
        `month     ${usedThisMonthCount}${month} calls`,
      ],
    };
  },
};

function rateOf({ perSecond, maxPerSecond }: QuotaStats): string {
  return Number.isFinite(maxPerSecond)
    ? `${perSecond.toFixed(2)} of ${maxPerSecond.toFixed(2)} calls/s`
    : 'as fast as calls come: QUOTA_CALLS_PER_SECOND is 0';
}

function reasonOf({ pausedBecause, blockedUntilMs }: QuotaStats): string {
  if (pausedBecause !== '') return `: ${pausedBecause}`;
  return blockedUntilMs === undefined ? '' : ` until ${new Date(blockedUntilMs).toISOString()}`;
}

export const pause: Command = {
  usage: `pause REASON
      stops all calls of the fleet within seconds; photos are parked meanwhile. The reason (what is
      beyond 32 bytes is cut off) shows in logs, telemetry and in the command quota.`,
  wordCount: Number.POSITIVE_INFINITY,
  options: {},
  check: pauseReason,
  async run(input) {
    const { pausedBecause } = await quotaOf(input.composed).pause(pauseReason(input));
    return { exitCode: 0, document: { pausedBecause }, lines: [`paused: ${pausedBecause}`] };
  },
};

function pauseReason({ words }: Asked): string {
  const reason = words.join(' ').trim();
  if (reason !== '') return reason;
  throw wrongUse('pause takes a REASON: whoever finds it has to know why', pause.usage);
}

export const resume: Command = {
  usage: `resume
      lifts the pause. Exit 1: the setting QUOTA_PAUSED still holds.`,
  options: {},
  async run({ composed }) {
    await quotaOf(composed).pause('');
    // The app's own setting is nothing that a command can change.
    const { QUOTA_PAUSED: pausedBecause = '' } = composed.settings;
    const lines = [
      pausedBecause === ''
        ? 'calls go out again'
        : `the fleet's pause is lifted; QUOTA_PAUSED still pauses this app: ${pausedBecause}`,
    ];
    return { exitCode: pausedBecause === '' ? 0 : 1, document: { pausedBecause }, lines };
  },
};

function quotaOf({ fleetQuota }: Composition): FleetQuota {
  if (fleetQuota) return fleetQuota;
  throw new Error(
    'there is no shared quota here: QUOTA_CALLS_PER_SECOND is 0. Set it (a local world gets it with ' +
      'npm start -- --calls-per-second 10), or pause one app by its setting QUOTA_PAUSED',
  );
}
