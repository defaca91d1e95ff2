/** A panel with its question as heading; it says why where there is nothing to show. */
import type { Panel } from '../panel.ts';
import { drawBars } from './drawBars.ts';
import { drawLines, type Lines } from './drawLines.ts';
import { drawTable, refill } from './drawTable.ts';
import { clock, element } from './elements.ts';

export interface DrawnPanel {
  readonly root: HTMLElement;
  update(panel: Panel): void;
  redraw(): void;
}

export function drawPanel(first: Panel): DrawnPanel {
  const unit = 'unit' in first ? element('span', { class: 'unit' }, ` ${first.unit}`) : '';
  const body = element('div');
  const root = element('article', {}, element('h3', {}, first.title, unit), body);
  let lines: Lines | undefined;
  let shown = '';
  const update = (panel: Panel) => {
    // What has not changed is left alone: somebody may be reading or selecting it.
    const text = JSON.stringify(panel);
    if (text === shown) return;
    shown = text;
    const isEmpty = isNothing(panel);
    root.classList.toggle('empty', isEmpty);
    root.classList.toggle('wide', !isEmpty && isWide(panel));
    if (isEmpty) {
      lines = undefined;
      body.replaceChildren(element('p', {}, emptyText(panel)));
    } else if (panel.kind === 'lines') {
      if (lines) return lines.update(panel);
      lines = drawLines(panel);
      body.replaceChildren(lines.root);
    } else {
      put(body, panel.kind === 'bars' ? drawBars(panel) : tableOf(panel));
    }
  };
  update(first);
  return { root, update, redraw: () => lines?.redraw() };
}

function tableOf({ title, columns, rows }: Extract<Panel, { kind: 'table' }>): HTMLElement {
  return drawTable({ caption: title, columns, rows });
}

function put(body: HTMLElement, fresh: HTMLElement): void {
  const known = body.firstElementChild;
  const isRefilled = known instanceof HTMLElement && known.matches('.scrolls');
  if (isRefilled) refill(known, fresh);
  else body.replaceChildren(fresh);
}

function emptyText({ empty: { because, nextAtMs } }: Panel): string {
  return nextAtMs === undefined
    ? because
    : `Not told yet. ${because} Next at ${clock(nextAtMs)}, or by “Look now” above.`;
}

const columnsOfOneCard = 5;

function isWide(panel: Panel): boolean {
  if (panel.kind !== 'table') return false;
  const { columns, rows } = panel;
  const isWithPhotos = rows[0]?.some((cell) => typeof cell === 'object' && cell && 'photo' in cell);
  return columns.length > columnsOfOneCard || isWithPhotos === true;
}

function isNothing(panel: Panel): boolean {
  switch (panel.kind) {
    case 'lines':
      return panel.lines.every(({ values }) => values.every((value) => value === null));
    case 'bars':
      return panel.bars.length === 0;
    case 'table':
      return panel.rows.length === 0;
  }
}
