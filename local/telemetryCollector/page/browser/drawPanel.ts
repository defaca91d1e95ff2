/** A panel with its question as heading; it says so where there is nothing to show yet. */
import type { Panel } from '../panel.ts';
import { drawBars } from './drawBars.ts';
import { drawLines, type Lines } from './drawLines.ts';
import { drawTable } from './drawTable.ts';
import { element } from './elements.ts';

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
  const update = (panel: Panel) => {
    const isEmpty = isNothing(panel);
    root.classList.toggle('empty', isEmpty);
    if (isEmpty) {
      lines = undefined;
      body.replaceChildren(element('p', {}, 'Nothing yet.'));
    } else if (panel.kind === 'lines') {
      if (lines) return lines.update(panel);
      lines = drawLines(panel);
      body.replaceChildren(lines.root);
    } else {
      body.replaceChildren(
        panel.kind === 'bars' ? drawBars(panel) : drawTable(panel.title, panel.columns, panel.rows),
      );
    }
  };
  update(first);
  return { root, update, redraw: () => lines?.redraw() };
}

function isNothing(panel: Panel): boolean {
  switch (panel.kind) {
    case 'lines':
      return panel.lines.every(({ values }) => values.every((value) => value === null));
    case 'bars':
      return panel.bars.every(({ value }) => value === 0);
    case 'table':
      return panel.rows.length === 0;
  }
}
