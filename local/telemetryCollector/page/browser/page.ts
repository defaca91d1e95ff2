/** Asks for the board again and again and draws it; one photo's trace when asked for. */
import type { Board, PhotoTrace, Section, Tile } from '../panel.ts';
import { type DrawnPanel, drawPanel } from './drawPanel.ts';
import { drawTrace } from './drawTrace.ts';
import { byId, element, figure } from './elements.ts';

const pollEveryMs = 2_000;

const minutes = byId('minutes', HTMLSelectElement);
const live = byId('live', HTMLInputElement);
const status = byId('status', HTMLElement);
const photo = byId('photo', HTMLInputElement);
const panels = new Map<string, DrawnPanel>();

async function refresh(): Promise<void> {
  try {
    const answer = await fetch(`/board?minutes=${minutes.value}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const board: Board = await answer.json();
    drawTiles(board.tiles);
    for (const section of board.sections) drawSection(section);
    byId('photos', HTMLDataListElement).replaceChildren(
      ...board.latestPhotos.map((value) => element('option', { value })),
    );
    say('');
  } catch {
    say('The collector does not answer; what you see is from before.');
  }
}

/** Only what is new is said: readers of screens hear every change. */
function say(text: string): void {
  if (status.textContent !== text) status.textContent = text;
}

function drawTiles(tiles: readonly Tile[]): void {
  const drawn = tiles.map(({ label, value, unit, state }) =>
    element(
      'li',
      { class: state },
      element('span', {}, label),
      element('strong', {}, figure(value)),
      element('span', { class: 'unit' }, state === 'bad' ? `${unit} – look here` : unit),
    ),
  );
  byId('tiles', HTMLElement).replaceChildren(...drawn);
}

function drawSection({ title, text, panels: inside }: Section): void {
  for (const panel of inside) {
    const key = `${title}\n${panel.title}`;
    const known = panels.get(key);
    if (known) known.update(panel);
    else {
      const drawn = drawPanel(panel);
      panels.set(key, drawn);
      gridOf(title, text).append(drawn.root);
    }
  }
}

const grids = new Map<string, HTMLElement>();

function gridOf(title: string, text: string): HTMLElement {
  const known = grids.get(title);
  if (known) return known;
  const grid = element('div', { class: 'grid' });
  const heading = element('h2', {}, title);
  byId('sections', HTMLElement).append(
    element('section', {}, heading, element('p', {}, text), grid),
  );
  grids.set(title, grid);
  return grid;
}

async function showPhoto(name: string): Promise<void> {
  if (name === '') return;
  photo.value = name;
  history.replaceState(null, '', `#${encodeURIComponent(name)}`);
  const answer = await fetch(`/photo?name=${encodeURIComponent(name)}`);
  const trace: PhotoTrace | null = answer.ok ? await answer.json() : null;
  byId('trace', HTMLElement).replaceChildren(drawTrace(trace, (other) => void showPhoto(other)));
}

async function keepFresh(): Promise<void> {
  if (live.checked && !document.hidden) await refresh();
  setTimeout(() => void keepFresh(), pollEveryMs);
}

minutes.addEventListener('change', () => void refresh());
byId('search', HTMLFormElement).addEventListener('submit', (submitted) => {
  submitted.preventDefault();
  void showPhoto(photo.value.trim());
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const panel of panels.values()) panel.redraw();
});
void refresh().then(keepFresh);
void showPhoto(decodeURIComponent(location.hash.slice(1)));
