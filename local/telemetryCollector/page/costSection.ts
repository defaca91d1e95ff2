/** What it costs: prediction calls and storage calls times the prices of the settings. */
import { noCalls, none } from './emptiness.ts';
import { lines, totals } from './lines.ts';
import { sum } from './overTime.ts';
import type { BarsPanel, Section } from './panel.ts';
import type { Readings } from './readings.ts';

const currency = 'at the set prices';

export function costSection(readings: Readings): Section {
  const { span, counted } = readings;
  const spent = counted('sightglass.cost', 'costKind');
  const operations = counted('sightglass.storage.operations', 'storageOperation');
  return {
    title: 'Cost',
    text: 'Predictions and storage operations at the prices of the settings. A day begins at 00:00 UTC; what came before this start is not known here.',
    panels: [
      totals(
        { title: 'What did today cost?', unit: currency, empty: none },
        readings.countedToday('sightglass.cost', 'costKind'),
      ),
      lines(
        { title: 'When was it spent?', unit: currency, empty: none },
        { span, points: spent, of: sum },
      ),
      payingLanes(readings),
      totals({ title: 'Which storage operations?', unit: 'calls', empty: none }, operations),
    ],
  };
}

function payingLanes({ paid }: Readings): BarsPanel {
  const title = 'Which lane paid for how many predictions?';
  return totals({ title, unit: 'calls', empty: noCalls }, paid());
}
