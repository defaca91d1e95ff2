/** What it costs: prediction calls and storage calls times the prices of the settings. */
import { lines, totals } from './lines.ts';
import { sum } from './overTime.ts';
import type { Section } from './panel.ts';
import type { Readings } from './readings.ts';

export function costSection({ span, counted }: Readings): Section {
  const spent = counted('sightglass.cost', 'costKind');
  return {
    title: 'Cost',
    text: 'In the currency of the price settings.',
    panels: [
      lines('What is spent, when?', 'currency', span, { points: spent, of: sum }),
      totals('On what?', 'currency', spent),
      totals(
        'Which storage calls are made?',
        'calls',
        counted('sightglass.storage.operations', 'storageOperation'),
      ),
    ],
  };
}
