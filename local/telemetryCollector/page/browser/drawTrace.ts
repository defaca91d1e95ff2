/** One photo's way as a waterfall: what was done, when, how long, and when it lay waiting. */
import type { PhotoTrace, Step } from '../panel.ts';
import { element, figure } from './elements.ts';

export function drawTrace(trace: PhotoTrace | null, choose: (photo: string) => void): HTMLElement {
  if (!trace) return element('p', { role: 'status' }, 'Nothing of that name has arrived.');
  const [shown = trace.asked, ...others] = trace.photos;
  const took = `${figure(trace.durationMs)} ms from ${new Date(trace.startedAtMs).toLocaleString('en-GB')}`;
  return element(
    'div',
    {},
    element('p', { role: 'status' }, element('strong', {}, shown), `: ${took}`),
    element('p', { class: 'unit' }, `operation ${trace.operationIds.join(', ')}`),
    ...alternatives(others, choose),
    waterfall(shown, trace),
  );
}

const alternativeCount = 5;

function alternatives(others: readonly string[], choose: (photo: string) => void): HTMLElement[] {
  if (others.length === 0) return [];
  const buttons = others.slice(0, alternativeCount).map((photo) => {
    const button = element('button', { type: 'button' }, photo);
    button.addEventListener('click', () => choose(photo));
    return button;
  });
  return [element('p', { class: 'others' }, 'Also of that name: ', ...buttons)];
}

function waterfall(photo: string, { steps, durationMs }: PhotoTrace): HTMLElement {
  const columns = ['Step', 'Starts at ms', 'Takes ms', 'Said', 'When'];
  const head = columns.map((column) => element('th', { scope: 'col' }, column));
  const rows = steps.map((step) => row(step, durationMs || 1));
  const table = element(
    'table',
    { class: 'waterfall' },
    element('caption', { class: 'unseen' }, `The way of ${photo}`),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
  const label = `The way of ${photo}`;
  return element(
    'div',
    { class: 'scrolls', tabindex: '0', role: 'region', 'aria-label': label },
    table,
  );
}

function row(step: Step, wholeMs: number): HTMLElement {
  const bar = element('span', { class: `bar ${step.kind}` });
  bar.style.insetInlineStart = `${(100 * step.startMs) / wholeMs}%`;
  bar.style.inlineSize = `${(100 * step.durationMs) / wholeMs}%`;
  const name = element('th', { scope: 'row', title: step.name }, step.name);
  name.style.paddingInlineStart = `${0.5 + step.depth}rem`;
  return element(
    'tr',
    step.isFailed ? { class: 'failed' } : {},
    name,
    element('td', { class: 'number' }, figure(step.startMs)),
    element('td', { class: 'number' }, step.kind === 'event' ? '' : figure(step.durationMs)),
    element('td', {}, step.isFailed ? `failed ${step.detail}` : step.detail),
    element('td', { class: 'barCell', 'aria-hidden': 'true' }, element('div', {}, bar)),
  );
}
