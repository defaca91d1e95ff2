/** Lines over time, by uPlot; drawn once and then given new data, so that the pointer stays put. */
import uPlot from 'uplot';
import type { LinesPanel } from '../panel.ts';
import { drawTable, refill } from './drawTable.ts';
import { clock, element, figure } from './elements.ts';

export interface Lines {
  readonly root: HTMLElement;
  update(panel: LinesPanel): void;
  /** After a change of colours. */
  redraw(): void;
}

const heightPx = 200;
/** Fewer readings than this are dots rather than a line: they must be seen. */
const sparseCount = 5;
/** Told apart without colour too. */
const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 4], [1, 2]];

export function drawLines(first: LinesPanel): Lines {
  const chart = element('div', { class: 'chart', role: 'img' });
  const details = element('details', {}, element('summary', {}, 'As a table'));
  const root = element('div', {}, chart, details);
  let panel = first;
  let plot: uPlot | undefined;
  const widthPx = () => chart.clientWidth;

  const rebuild = () => {
    plot?.destroy();
    plot = new uPlot(optionsOf(panel, widthPx()), dataOf(panel), chart);
  };
  const fillTable = () => {
    const known = details.querySelector<HTMLElement>('.scrolls');
    if (!details.open) known?.remove();
    else if (known) refill(known, tableOf(panel));
    else details.append(tableOf(panel));
  };
  details.addEventListener('toggle', fillTable);
  new ResizeObserver(() => {
    if (widthPx() > 0) plot?.setSize({ width: widthPx(), height: heightPx });
  }).observe(chart);
  const update = (next: LinesPanel) => {
    const isSame = plot && labelsOf(next) === labelsOf(panel);
    panel = next;
    chart.setAttribute('aria-label', latestOf(next));
    if (isSame) plot?.setData(dataOf(next));
    else rebuild();
    fillTable();
  };
  // The width is known once the page holds it.
  requestAnimationFrame(() => update(panel));
  return { root, update: (next) => (plot ? update(next) : void (panel = next)), redraw: rebuild };
}

function labelsOf({ lines }: LinesPanel): string {
  return lines.map(({ label }) => label).join('\n');
}

function latestOf({ title, unit, lines }: LinesPanel): string {
  const latest = lines.map(({ label, values }) => {
    return `${label} ${figure(values.findLast((value) => value !== null) ?? null)}`;
  });
  return `${title} Latest, in ${unit}: ${latest.join(', ')}.`;
}

function dataOf({ timesMs, lines }: LinesPanel): uPlot.AlignedData {
  const times = timesMs.map((timeMs) => timeMs / 1_000);
  return [times, ...lines.map(({ values }) => [...values])];
}

function optionsOf({ unit, lines, fullScale }: LinesPanel, width: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--quiet'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
    font: '12px system-ui, sans-serif',
  };
  return {
    width,
    height: heightPx,
    scales: { y: { range: (_, __, max) => [0, fullScale ?? (max > 0 ? max * 1.1 : 1)] } },
    axes: [
      { ...axis, values: (_, times) => times.map(clockOf) },
      { ...axis, size: widthOf, values: (_, values) => values.map(figure) },
    ],
    series: [
      { label: 'at', value: (_, time) => (time === null ? 'the latest' : clockOf(time)) },
      ...lines.map(({ label, values }, index) => ({
        label,
        stroke: colour(`--series-${(index % 6) + 1}`),
        // A value with none beside it makes no line: it would not be seen at all.
        points: { show: true, size: isSparse(values) ? 9 : 4 },
        width: 2,
        dash: dashes[index % dashes.length] ?? [],
        spanGaps: true,
        value: (plot: uPlot, value: number | null, series: number) => {
          const shown = plot.cursor.idx == null ? latestIn(plot.data[series]) : value;
          return shown === null ? '–' : `${figure(shown)} ${unit}`;
        },
      })),
    ],
  };
}

/** Room for the longest figure: small ones are long. */
function widthOf(_: uPlot, figures: readonly string[] | null): number {
  const longest = Math.max(0, ...(figures ?? []).map(({ length }) => length));
  return 22 + 7 * longest;
}

function isSparse(values: readonly (number | null)[]): boolean {
  return values.filter((value) => value !== null).length < sparseCount;
}

function latestIn(values: ArrayLike<number | null | undefined> | undefined): number | null {
  return Array.from(values ?? []).findLast((value) => value != null) ?? null;
}

function clockOf(seconds: number): string {
  return clock(seconds * 1_000);
}

/** Times in which nothing was seen are left out; a reading of 0 was seen, a count of 0 says nothing. */
function tableOf({ title, unit, timesMs, lines }: LinesPanel): HTMLElement {
  const isRead = lines.some(({ values }) => values.includes(null));
  const rows = timesMs.flatMap((timeMs, index) => {
    const values = lines.map((line) => line.values[index] ?? null);
    const isSeen = values.some((value) => value !== null && (isRead || value !== 0));
    return isSeen ? [[{ atMs: timeMs }, ...values]] : [];
  });
  const columns = ['From', ...lines.map(({ label }) => label)];
  return drawTable({ caption: `${title} In ${unit}.`, columns, rows });
}
