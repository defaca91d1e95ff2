/** Alerts about the quota and its money: spent, soon spent, stopped by somebody, dear. */
import type { AlertRule } from '../alertRule.ts';
import { eventCount, largest, smallest, total } from '../signal.ts';

export const quotaRules = [
  {
    name: 'quota-exhausted',
    question: 'Are the calls of this month spent?',
    severity: 1,
    windowMinutes: 15,
    everyMinutes: 5,
    by: ['model'],
    conditions: [
      { signal: eventCount('toldCount', 'quota.exhausted'), operator: '>', threshold: 0 },
    ],
    whenNothingArrives: 'quiet',
    section: 'The month’s calls are spent',
    fault: 'more photos come than the month grants',
  },
  {
    name: 'quota-nearly-used',
    question: 'Is more than nine tenths of the month’s calls used?',
    severity: 2,
    windowMinutes: 30,
    everyMinutes: 15,
    by: [],
    conditions: [
      {
        signal: largest('usedRatio', 'sightglass.quota.used_ratio'),
        operator: '>',
        threshold: 0.9,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'The month’s calls are spent',
    fault: 'more photos come than the month grants',
  },
  {
    name: 'quota-runs-out',
    question: 'Will the month’s calls be spent within three days, at the pace so far?',
    severity: 2,
    windowMinutes: 30,
    everyMinutes: 15,
    by: [],
    conditions: [
      {
        signal: smallest('exhaustionInHours', 'sightglass.quota.exhaustion_in'),
        operator: '<',
        threshold: 72,
      },
    ],
    whenNothingArrives: 'quiet',
    section: 'The month’s calls are spent',
    fault: 'more photos come than the month grants',
  },
  {
    name: 'calls-paused',
    question: 'Has somebody stopped all calls, and not lifted it yet?',
    severity: 2,
    windowMinutes: 15,
    everyMinutes: 5,
    by: ['model'],
    conditions: [{ signal: eventCount('toldCount', 'quota.paused'), operator: '>', threshold: 0 }],
    whenNothingArrives: 'quiet',
    section: 'Photos wait',
    fault: 'an operator pauses all calls',
  },
  {
    name: 'cost-above-budget',
    question: 'Did the last 24 hours cost more than the budget of a day?',
    severity: 2,
    windowMinutes: 1_440,
    everyMinutes: 60,
    by: [],
    conditions: [{ signal: total('costOfDay', 'sightglass.cost'), operator: '>', threshold: 50 }],
    whenNothingArrives: 'quiet',
    section: 'A day costs more than its budget',
    fault: 'predictions at five hundred times their price',
  },
] as const satisfies readonly AlertRule[];
