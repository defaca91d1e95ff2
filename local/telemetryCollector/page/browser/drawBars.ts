/** Bars with their figures beside them: readable without the bars. */
import type { BarsPanel } from '../panel.ts';
import { element, figure } from './elements.ts';

export function drawBars({ title, unit, bars }: BarsPanel): HTMLElement {
  const most = Math.max(...bars.map(({ value }) => value), 0) || 1;
  const rows = bars.map(({ label, value }) => {
    const bar = element('span', { class: 'bar' });
    bar.style.inlineSize = `${(100 * value) / most}%`;
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, label),
      element('td', { class: 'barCell', 'aria-hidden': 'true' }, bar),
      element('td', { class: 'number' }, figure(value)),
    );
  });
  const caption = element('caption', { class: 'unseen' }, `${title} In ${unit}.`);
  return element('table', { class: 'bars' }, caption, element('tbody', {}, ...rows));
}
