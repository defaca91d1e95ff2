/** Asks for the board again and again and draws it; one photo's trace when asked for. */
import type { Board, PhotoTrace, Section, Tile } from '../panel.ts';
import { type DrawnPanel, drawPanel } from './drawPanel.ts';
import { drawTrace } from './drawTrace.ts';
import { byId, clock, element, figure } from './elements.ts';

const pollEveryMs = 2_000;

const minutes = byId('minutes', HTMLSelectElement);
const live = byId('live', HTMLInputElement);
const status = byId('status', HTMLElement);
const photo = byId('photo', HTMLInputElement);
const look = byId('look', HTMLButtonElement);
const panels = new Map<string, DrawnPanel>();

async function refresh(): Promise<void> {
  try {
    const answer = await fetch(`/board?minutes=${minutes.value}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const board: Board = await answer.json();
    drawTiles(board.tiles);
    for (const section of board.sections) drawSection(section);
    offer(board.latestPhotos);
    look.hidden = !board.canLook;
    say('');
  } catch {
    say('The collector does not answer; what you see is from before.');
  }
}

let offered = '';

/** An open list is left alone while it holds the same names. */
function offer(photos: readonly string[]): void {
  if (offered === photos.join('\n')) return;
  offered = photos.join('\n');
  const options = photos.map((value) => element('option', { value }));
  byId('photos', HTMLDataListElement).replaceChildren(...options);
}

/** Only what is new is said: readers of screens hear every change. */
function say(text: string): void {
  if (status.textContent !== text) status.textContent = text;
}

function drawTiles(tiles: readonly Tile[]): void {
  byId('tiles', HTMLElement).replaceChildren(...tiles.map(drawTile));
}

function drawTile({ label, value, unit, asOfMs, state }: Tile): HTMLElement {
  const words = [unit, ...(asOfMs === undefined ? [] : [clock(asOfMs)])].join(', ');
  return element(
    'li',
    { class: state },
    element('span', {}, label),
    element('strong', {}, typeof value === 'string' ? value : figure(value)),
    element('span', { class: 'unit' }, state === 'bad' ? `${words} – look here` : words),
  );
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
  const id = `section-${grids.size + 1}`;
  const heading = element('h2', { id }, title);
  byId('sections', HTMLElement).append(
    element('section', { 'aria-labelledby': id }, heading, element('p', {}, text), grid),
  );
  grids.set(title, grid);
  return grid;
}

async function showPhoto(name: string): Promise<void> {
  if (name === '') return;
  photo.value = name;
  history.replaceState(null, '', `#${encodeURIComponent(name)}`);
  await drawPhoto(name);
}

let shownPhoto = '';

/** Again and again: a photo that waits goes on. What has not changed is left alone. */
async function drawPhoto(name: string): Promise<void> {
  const answer = await fetch(`/photo?name=${encodeURIComponent(name)}`);
  const trace: PhotoTrace | null = answer.ok ? await answer.json() : null;
  const text = name + JSON.stringify(trace?.steps.map(({ name, startMs }) => [name, startMs]));
  if (text === shownPhoto) return;
  shownPhoto = text;
  const place = byId('trace', HTMLElement);
  const scrolledTo = place.querySelector('.scrolls')?.scrollTop ?? 0;
  place.replaceChildren(drawTrace(trace, (other) => void showPhoto(other)));
  place.querySelector('.scrolls')?.scrollTo(0, scrolledTo);
}

async function refreshPhoto(): Promise<void> {
  const name = decodeURIComponent(location.hash.slice(1));
  // Without an answer the board says so already.
  if (name !== '') await drawPhoto(name).catch(() => {});
}

/** Has the app look at what it tells of every few minutes only. */
async function lookNow(): Promise<void> {
  look.disabled = true;
  say('Looking …');
  try {
    const order = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    const answer = await fetch('/control/look', order);
    if (!answer.ok) throw new Error(String(answer.status));
    await refresh();
  } catch {
    say('The app could not look: its log says why.');
  }
  look.disabled = false;
}

async function keepFresh(): Promise<void> {
  if (live.checked && !document.hidden) await Promise.all([refresh(), refreshPhoto()]);
  setTimeout(() => void keepFresh(), pollEveryMs);
}

minutes.addEventListener('change', () => void refresh());
look.addEventListener('click', () => void lookNow());
document.addEventListener('click', ({ target }) => {
  const chosen = target instanceof HTMLElement ? target.dataset['photo'] : undefined;
  if (chosen === undefined) return;
  byId('one-photo-title', HTMLElement).scrollIntoView();
  void showPhoto(chosen).then(() => photo.focus());
});
byId('search', HTMLFormElement).addEventListener('submit', (submitted) => {
  submitted.preventDefault();
  void showPhoto(photo.value.trim());
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const panel of panels.values()) panel.redraw();
});
void refresh().then(keepFresh);
void showPhoto(decodeURIComponent(location.hash.slice(1)));
