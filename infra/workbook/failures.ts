/** What fails, whose it is, what is stuck or lost, and whether the endpoint can be reached. */
import { owners } from '../../shared/telemetry/catalogue/whose.ts';
import { countedOver, latestOf, type Page } from './page.ts';

/** Whose a failure is, by its class. */
const whose = `case(
${Object.entries(owners)
  .map(([failureClass, owner]) => `  failureClass == '${failureClass}', '${owner}',`)
  .join('\n')}
  'not known')`;

export const failures: Page = {
  id: 'failures',
  title: 'Failures',
  text: 'By class: `throttled` and `quotaExhausted` are the quota, `transient` is the service, `misconfigured` is ours, `unfit` the sender’s.',
  panels: [
    {
      title: 'What fails, and whose is it?',
      chart: 'table',
      query: `customMetrics
| where name == 'sightglass.photos.parked'
| extend failureClass = tostring(customDimensions['failureClass'])
| summarize parkedCount = sum(valueSum) by failureClass, model = tostring(customDimensions['model'])
| extend whose = ${whose}
| order by parkedCount desc`,
    },
    {
      title: 'What did prediction calls come to?',
      chart: 'barchart',
      query: countedOver('sightglass.prediction.calls', 'answer'),
    },
    {
      title: 'With which codes do photos wait?',
      chart: 'table',
      query: `customEvents
| where name == 'photo.parked'
| summarize toldCount = count(), latest = max(timestamp), example = take_any(tostring(customDimensions['photo'])) by failureClass = tostring(customDimensions['failureClass']), code = tostring(customDimensions['code'])
| order by toldCount desc`,
    },
    {
      title: 'Is the endpoint reachable now? The latest probe',
      chart: 'table',
      query: `availabilityResults
| where name == 'prediction endpoint'
| summarize arg_max(timestamp, success, message, duration)
| where isnotnull(timestamp)
| project asOf = timestamp, reachable = tobool(success), message, duration`,
    },
    {
      title: 'Is the endpoint reachable (percent of probes)?',
      chart: 'timechart',
      query: `availabilityResults
| where name == 'prediction endpoint'
| summarize availablePercent = 100.0 * countif(tobool(success)) / count(), p95Ms = percentile(duration, 95) by bin(timestamp, {TimeRange:grain})`,
    },
    {
      title: 'What did failed probes say?',
      chart: 'table',
      query: `availabilityResults
| where name == 'prediction endpoint' and not(tobool(success))
| top 20 by timestamp desc
| project timestamp, message, duration`,
    },
    {
      title: 'When did the breaker open and close?',
      chart: 'table',
      query: `customEvents
| where name in ('breaker.opened', 'breaker.closed')
| project timestamp, name, cloud_RoleInstance, model = tostring(customDimensions['model']), failureClass = tostring(customDimensions['failureClass']), code = tostring(customDimensions['code']), openForMs = todouble(customMeasurements['openForMs'])
| order by timestamp desc`,
    },
    {
      title: 'Is any photo stuck or lost? Stored photos by state, as last accounted',
      chart: 'tiles',
      query: `customMetrics
| where name == 'sightglass.photos.accounted'
| extend photoState = tostring(customDimensions['photoState'])
| summarize arg_max(timestamp, valueMax) by photoState
| project photoState, photoCount = valueMax, asOf = timestamp`,
    },
    {
      title: 'Which photos wait, and since when?',
      chart: 'table',
      query: `customEvents
| where name in ('photo.parked', 'photo.settled')
| extend photo = tostring(customDimensions['photo'])
| summarize arg_max(timestamp, name, customDimensions, customMeasurements) by photo
| where name == 'photo.parked'
| project photo, waitsSeconds = todouble(customMeasurements['waitedMs']) / 1000 + (now() - timestamp) / 1s, failureClass = tostring(customDimensions['failureClass']), code = tostring(customDimensions['code']), deferralCount = todouble(customMeasurements['deferralCount']), toldAt = timestamp
| top 50 by waitsSeconds desc`,
    },
    {
      title: 'Does work lie about: claims, poison queues?',
      chart: 'tiles',
      query: latestOf([
        'sightglass.ledger.in_flight',
        'sightglass.ledger.oldest',
        'sightglass.poisoned.messages',
      ]),
    },
    {
      title: 'How far are the readers of the hubs behind?',
      chart: 'timechart',
      query: `customMetrics
| where name == 'sightglass.events.lag'
| summarize lagCount = max(valueMax) by bin(timestamp, {TimeRange:grain}), reader = strcat(tostring(customDimensions['hub']), '/', tostring(customDimensions['partition']))`,
    },
    {
      title: 'Why are photos turned away, and whose are they?',
      chart: 'table',
      query: `customEvents
| where name == 'photo.settled' and tostring(customDimensions['outcome']) == 'rejected'
| summarize photoCount = count(), latest = max(timestamp), example = take_any(tostring(customDimensions['photo'])) by reason = tostring(customDimensions['reason']), site = tostring(customDimensions['site']), device = tostring(customDimensions['device'])
| order by photoCount desc`,
    },
    {
      title: 'Which photos were given up?',
      chart: 'table',
      query: `customEvents
| where name == 'photo.dead'
| project timestamp, photo = tostring(customDimensions['photo']), reason = tostring(customDimensions['reason']), site = tostring(customDimensions['site']), waitedMs = todouble(customMeasurements['waitedMs']), outcomeKey = tostring(customDimensions['outcomeKey'])
| order by timestamp desc`,
    },
    {
      title: 'Which functions end in errors?',
      chart: 'barchart',
      query: countedOver('sightglass.invocations.failed', 'function'),
    },
    {
      title: 'What did the sweep find?',
      chart: 'barchart',
      query: countedOver('sightglass.ledger.swept', 'sweepAction'),
    },
    {
      title: 'Is telemetry lost, and why?',
      chart: 'table',
      query: `customMetrics
| where name == 'sightglass.telemetry.dropped'
| summarize lostCount = sum(valueSum), latest = max(timestamp) by recordKind = tostring(customDimensions['recordKind']), dropReason = tostring(customDimensions['dropReason']), cloud_RoleInstance
| order by lostCount desc`,
    },
  ],
};
