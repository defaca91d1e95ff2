/** What it costs: today, by day, and what for. In the currency of the price settings. */
import { countedOver, type Page } from './page.ts';

export const cost: Page = {
  id: 'cost',
  title: 'Cost',
  text: 'Predictions and storage operations at the prices of the settings; compute, telemetry and the hub are on the invoice only. A day begins at 00:00 UTC.',
  panels: [
    {
      title: 'What did today cost?',
      chart: 'tiles',
      query: `customMetrics
| where timestamp >= startofday(now()) and name == 'sightglass.cost'
| summarize cost = round(sum(valueSum), 2) by costKind = tostring(customDimensions['costKind'])`,
    },
    {
      title: 'What did each day cost?',
      chart: 'barchart',
      query: `customMetrics
| where name == 'sightglass.cost'
| summarize cost = sum(valueSum) by bin(timestamp, 1d), costKind = tostring(customDimensions['costKind'])`,
    },
    {
      title: 'When was it spent?',
      chart: 'barchart',
      query: countedOver('sightglass.cost', 'costKind'),
    },
    {
      title: 'Which lane paid for how many predictions?',
      chart: 'table',
      query: `customMetrics
| where name == 'sightglass.prediction.calls' and tostring(customDimensions['answer']) == 'predicted'
| summarize callCount = sum(valueSum) by lane = tostring(customDimensions['lane']), model = tostring(customDimensions['model'])
| order by callCount desc`,
    },
    {
      title: 'Which storage operations?',
      chart: 'barchart',
      query: countedOver('sightglass.storage.operations', 'storageOperation'),
    },
  ],
};
