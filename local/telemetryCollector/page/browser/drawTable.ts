/** Tables: those of the page, and the ones that say in figures what a chart shows. */
import type { Cell } from '../panel.ts';
import { clock, element, figure } from './elements.ts';

interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export function drawTable({ caption, columns, rows }: Table): HTMLElement {
  const head = columns.map((column, index) =>
    element('th', { scope: 'col', ...(isNumber(rows, index) && number) }, column),
  );
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

/** In its place: whoever scrolls or reads there stays where they are. */
export function refill(known: HTMLElement, fresh: HTMLElement): void {
  const { scrollLeft, scrollTop } = known;
  const focused = photoOf(document.activeElement);
  const isWithin = known.contains(document.activeElement);
  known.replaceChildren(...fresh.childNodes);
  known.scrollTo(scrollLeft, scrollTop);
  if (!isWithin || document.activeElement === known) return;
  const buttons = [...known.querySelectorAll('button')];
  (buttons.find((button) => photoOf(button) === focused) ?? known).focus();
}

function photoOf(within: Element | null): string | undefined {
  return within instanceof HTMLElement ? within.dataset['photo'] : undefined;
}

const number = { class: 'number' };

function isNumber(rows: Table['rows'], index: number): boolean {
  return rows.some((cells) => typeof cells[index] === 'number');
}

function drawCell(cell: Cell): HTMLElement {
  if (typeof cell === 'string') return element('td', {}, cell);
  if (cell === null || typeof cell === 'number') return element('td', number, figure(cell));
  if ('atMs' in cell) return element('td', { class: 'time' }, clock(cell.atMs));
  const { photo } = cell;
  const attributes = { type: 'button', class: 'photo', 'data-photo': photo };
  const told = { ...attributes, title: 'Show its way' };
  return element('td', {}, photo === '' ? '' : element('button', told, photo));
}
