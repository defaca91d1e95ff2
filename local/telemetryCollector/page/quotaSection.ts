/** How near the quota is, what waits and when it will be drained. */
import { lines, totals } from './lines.ts';
import { mean } from './overTime.ts';
import type { Section } from './panel.ts';
import type { Readings } from './readings.ts';

export function quotaSection(readings: Readings): Section {
  const { span, read } = readings;
  const as = (label: string) => () => label;
  return {
    title: 'Quota',
    text: 'Headroom: 1 is nothing reserved, 0 no slot to be had.',
    panels: [
      lines('How much headroom is there, in which mode?', 'of 1', span, {
        points: read('sightglass.quota.headroom', ({ customDimensions }) => {
          return customDimensions['quotaMode'] ?? 'unknown';
        }),
        of: mean,
      }),
      lines('How fast may the fleet call?', 'calls/s', span, {
        points: [
          ...read('sightglass.quota.rate', as('allowed now')),
          ...read('sightglass.quota.max_rate', as('at most')),
        ],
        of: mean,
      }),
      lines('What is parked?', 'messages', span, {
        points: read('sightglass.parked.messages', as('parked messages')),
        of: mean,
      }),
      lines('How old is it, and when is it drained?', 's', span, {
        points: [
          ...read('sightglass.parked.overdue', as('overdue')),
          ...read('sightglass.quota.time_to_drain', as('to drain')),
          ...read('sightglass.quota.time_to_drain_upper', as('to drain, at worst')),
        ],
        of: mean,
      }),
      totals(
        'Who takes the calls?',
        'calls',
        readings.counted('sightglass.prediction.calls', 'lane'),
      ),
    ],
  };
}
