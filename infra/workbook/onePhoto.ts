/** What happened to one photo: its trace, from arrival to the result event, across parking. */
import type { Page } from './page.ts';

/** Replaced by the workbook: container/blobName, or the key of an outcome. */
const photo = '{Photo}';

const isIt = (name: 'photo' | 'outcomeKey') =>
  `tostring(customDimensions['${name}']) == '${photo}'`;

/** A photo has one trace; an overwritten one has a second outcome in the same. */
const operations = `let operations = union customEvents, dependencies, requests
  | where isnotempty('${photo}') and (${isIt('photo')} or ${isIt('outcomeKey')})
  | distinct operation_Id;`;

export const onePhoto: Page = {
  id: 'photo',
  title: 'One photo',
  text: 'Enter `container/blobName` or the key of an outcome above. Spans are there for photos that were sampled, events for all.',
  panels: [
    {
      title: 'How did it end?',
      chart: 'table',
      query: `customEvents
| where name == 'photo.settled' and isnotempty('${photo}') and (${isIt('photo')} or ${isIt('outcomeKey')})
| project timestamp, outcome = tostring(customDimensions['outcome']), reason = tostring(customDimensions['reason']), tag = tostring(customDimensions['tag']), confidence = todouble(customMeasurements['confidence']), model = tostring(customDimensions['model']), iterationId = tostring(customDimensions['iterationId']), endToEndMs = todouble(customMeasurements['endToEndMs']), deferralCount = todouble(customMeasurements['deferralCount']), outcomeKey = tostring(customDimensions['outcomeKey']), operation_Id
| order by timestamp desc`,
    },
    {
      title: 'What happened, in order?',
      chart: 'table',
      query: `${operations}
union requests, dependencies, customEvents, exceptions, traces
| where operation_Id in (operations)
| extend failed = isnotempty(success) and not(tobool(success)) and not(resultCode in ('404', '409', '412') and name !startswith 'POST ')
| project timestamp, itemType, name = coalesce(name, message, type), duration, resultCode, failed, code = tostring(customDimensions['code']), cloud_RoleInstance, id, operation_ParentId, operation_Id
| order by timestamp asc`,
    },
  ],
};
