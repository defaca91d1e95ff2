/** Tables: those of the page, and the ones that say in figures what a chart shows. */
import type { Cell } from '../panel.ts';
import { element, figure } from './elements.ts';

export function drawTable(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): HTMLElement {
  const head = columns.map((column) => element('th', { scope: 'col' }, column));
  const body = rows.map((cells) => element('tr', {}, ...cells.map(drawCell)));
  const table = element(
    'table',
    {},
    element('caption', { class: 'unseen' }, caption),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...body),
  );
  // Wider than a phone: it scrolls by itself, by keyboard too.
  return element(
    'div',
    { class: 'scrolls', tabindex: '0', role: 'region', 'aria-label': caption },
    table,
  );
}

function drawCell(cell: Cell): HTMLElement {
  if (typeof cell === 'string') return element('td', {}, cell);
  return element('td', { class: 'number' }, figure(cell));
}
