/** How near the quota is, what waits, when it is drained, when the month is spent. */
import { countedOver, latestOf, type Page, readingsOver } from './page.ts';

export const quota: Page = {
  id: 'quota',
  title: 'Quota',
  text: 'Readings are told every five minutes by `reportQuota`. Headroom: 1 is nothing reserved, 0 no slot to be had.',
  panels: [
    {
      title: 'How do we stand?',
      chart: 'tiles',
      query: latestOf([
        'sightglass.quota.headroom',
        'sightglass.quota.rate',
        'sightglass.quota.max_rate',
        'sightglass.parked.messages',
        'sightglass.parked.overdue',
        'sightglass.quota.time_to_drain',
        'sightglass.quota.used_this_month',
        'sightglass.quota.used_ratio',
        'sightglass.quota.exhaustion_in',
      ]),
    },
    {
      title: 'How much headroom was there, in which mode?',
      chart: 'timechart',
      query: countedReading('sightglass.quota.headroom'),
    },
    {
      title: 'How fast may the fleet call?',
      chart: 'timechart',
      query: readingsOver(['sightglass.quota.rate', 'sightglass.quota.max_rate']),
    },
    {
      title: 'What is parked?',
      chart: 'timechart',
      query: readingsOver(['sightglass.parked.messages']),
    },
    {
      title: 'How long overdue is it, and when is it drained (s)?',
      chart: 'timechart',
      query: readingsOver([
        'sightglass.parked.overdue',
        'sightglass.quota.time_to_drain',
        'sightglass.quota.time_to_drain_upper',
      ]),
    },
    {
      title: 'In how many hours is the month spent?',
      chart: 'timechart',
      query: readingsOver([
        'sightglass.quota.exhaustion_in_lower',
        'sightglass.quota.exhaustion_in',
        'sightglass.quota.exhaustion_in_upper',
      ]),
    },
    {
      title: 'Who takes the calls?',
      chart: 'barchart',
      query: countedOver('sightglass.prediction.calls', 'lane'),
    },
    {
      title: 'Was it paused or exhausted?',
      chart: 'table',
      query: `customEvents
| where name in ('quota.paused', 'quota.exhausted')
| summarize toldCount = count(), since = min(timestamp), until = max(timestamp) by name, model = tostring(customDimensions['model']), because = tostring(customDimensions['pausedBecause'])`,
    },
  ],
};

function countedReading(name: 'sightglass.quota.headroom'): string {
  return `customMetrics
| where name == '${name}'
| summarize headroom = sum(valueSum) / sum(valueCount) by bin(timestamp, {TimeRange:grain}), mode = tostring(customDimensions['quotaMode'])`;
}
