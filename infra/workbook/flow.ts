/** How long photos take, and where: from arrival to result. */
import { stages } from '../../shared/telemetry/catalogue/measurements.ts';
import { countedOver, grain, type Page } from './page.ts';

const predicted = `customEvents
| where name == 'photo.settled' and tostring(customDimensions['outcome']) == 'predicted'
| extend site = tostring(customDimensions['site']), model = tostring(customDimensions['model'])`;

const percentiles = (of: string) =>
  `p50Ms = percentile(${of}, 50), p95Ms = percentile(${of}, 95), p99Ms = percentile(${of}, 99)`;

export const flow: Page = {
  id: 'flow',
  title: 'Flow',
  text: 'Times of photos that were predicted, in milliseconds, from measurements of the outcomes: every photo counts, none is sampled away.',
  panels: [
    {
      title: 'How many photos ended, and how?',
      chart: 'barchart',
      query: countedOver('sightglass.photos.settled', 'outcome'),
    },
    {
      title: 'How long from arrival to result?',
      chart: 'timechart',
      query: `${predicted}
| extend endToEndMs = todouble(customMeasurements['endToEndMs'])
| summarize ${percentiles('endToEndMs')} by bin(timestamp, ${grain})`,
    },
    {
      title: 'How long, per site and model?',
      chart: 'table',
      query: `${predicted}
| extend endToEndMs = todouble(customMeasurements['endToEndMs'])
| summarize photoCount = count(), ${percentiles('endToEndMs')} by site, model
| order by p95Ms desc`,
    },
    {
      title: 'Where does the time go, per site and model?',
      chart: 'table',
      query: `${predicted}
| mv-expand stage = dynamic([${stages.map((stage) => `'${stage}'`).join(', ')}]) to typeof(string)
| extend stageMs = todouble(customMeasurements[stage])
| where isnotnull(stageMs)
| summarize photoCount = count(), ${percentiles('stageMs')} by stage, site, model
| order by p95Ms desc`,
    },
    {
      title: 'Which photos took longest?',
      chart: 'table',
      query: `${predicted}
| extend endToEndMs = todouble(customMeasurements['endToEndMs'])
| top 20 by endToEndMs desc
| project timestamp, photo = tostring(customDimensions['photo']), site, model, endToEndMs, parkedMs = todouble(customMeasurements['parkedMs']), predictMs = todouble(customMeasurements['predictMs'])`,
    },
  ],
};
