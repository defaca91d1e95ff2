import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { anchorOf } from '../../docs/anchor.ts';
import { eventsPage, telemetryPage } from '../../docs/generate.ts';
import { jsonSchemas } from '../../docs/schemas/generate.ts';
import { pages } from '../../infra/workbook/workbook.ts';
import { board } from '../../local/telemetryCollector/page/board.ts';
import { lastMinutes } from '../../local/telemetryCollector/page/overTime.ts';
import { deathAdvice } from '../../shared/results/death.ts';
import { alertRules } from '../../shared/telemetry/alerts/alertRules.ts';

it.each([...jsonSchemas()])('keeps docs/schemas/%s as the code has it', (file, text) => {
  expect(readFileSync(`docs/schemas/${file}`, 'utf8')).toBe(text);
});

it('keeps the reasons and the example of docs/events.md as the code has them', () => {
  expect(readFileSync('docs/events.md', 'utf8')).toBe(eventsPage());
});

it('keeps the tables of docs/telemetry.md as the catalogue and the alert rules have them', () => {
  expect(readFileSync('docs/telemetry.md', 'utf8')).toBe(telemetryPage());
});

it('has a section in the runbook for every alert rule', () => {
  const headings = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^## (.*)$/gm)];
  const sections = headings.map(([, heading = '']) => heading);

  for (const { name, section } of alertRules) expect(sections, name).toContain(section);
});

it('leads from anchor to anchor within the runbook and the page of telemetry', () => {
  const texts = new Map(
    ['runbook.md', 'telemetry.md'].map((page) => [page, readFileSync(`docs/${page}`, 'utf8')]),
  );
  const anchors = (text = '') =>
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
  for (const [page, text] of texts) {
    const links = [...text.matchAll(/\]\(([\w.]*)#([^)]+)\)/g)];
    expect(links.length).toBeGreaterThan(3);
    for (const [, to, anchor = ''] of links) {
      expect(anchors(texts.get(to || page)), `${page} → #${anchor}`).toContain(
        decodeURIComponent(anchor),
      );
    }
  }
});

it('leads from an operator’s question to panels, tiles and alerts that are there', () => {
  const runbook = readFileSync('docs/runbook.md', 'utf8');
  const [, section = ''] = /## Questions[^\n]*\n([\s\S]*?)\n## /.exec(runbook) ?? [];
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
  const question = (title: string) => title.replace(/ \(.*\)/, '');
  const inWorkbook = pages.flatMap(({ panels }) => panels.map(({ title }) => question(title)));
  const shown = board(() => [], { span: lastMinutes(0, 15), nowMs: 0 });
  const here = [
    'One photo',
    ...shown.tiles.map(({ label }) => label),
    ...shown.sections.flatMap(({ panels }) => panels.map(({ title }) => title)),
  ];
  const names = alertRules.map(({ name }) => name);

  expect(rows.length).toBeGreaterThanOrEqual(12);
  const told = rows.flatMap((row) => {
    const [, , workbook = '', local = '', alerts = ''] = row.split('|');
    for (const title of titlesIn(workbook)) expect(inWorkbook).toContain(title);
    for (const title of titlesIn(local)) expect(here).toContain(title);
    return [...alerts.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name);
  });
  expect([...new Set(told)].toSorted()).toEqual(names.toSorted());
});

function titlesIn(cell: string): string[] {
  return [...cell.matchAll(/_([^_]+)_/g)].map(([, title = '']) => title);
}

it('lists every error code in the runbook', () => {
  const runbook = readFileSync('docs/runbook.md', 'utf8');
  const source = readFileSync('shared/errors.ts', 'utf8');
  const codes = [...source.matchAll(/readonly ([A-Z_]{5,}):/g)].map(([, code]) => code);

  expect(codes.length).toBeGreaterThan(3);
  for (const code of codes) expect(runbook).toContain(`\`${code}\``);
});

it('lists every reason for a death in the runbook, with its next step', () => {
  const runbook = readFileSync('docs/runbook.md', 'utf8');

  for (const [reason, advice] of Object.entries(deathAdvice)) {
    expect(runbook).toContain(`\`${reason}\``);
    expect(runbook).toContain(advice);
  }
});

it('names only commands in README and CONTRIBUTING that there are', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const pages = ['README.md', 'CONTRIBUTING.md', 'docs/local-world.md'].map((file) =>
    readFileSync(file, 'utf8'),
  );
  const named = [...pages.join('\n').matchAll(/npm (?:run )?(start|test|[a-z]+)\b/g)]
    .map(([, name = '']) => name)
    .filter((name) => !['ci', 'run'].includes(name));

  expect(named).toContain('demo');
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});

it('keeps every link between pages alive', () => {
  const folder = readdirSync('docs', { recursive: true, encoding: 'utf8' });
  const files = [
    'README.md',
    ...folder.filter((file) => file.endsWith('.md')).map((file) => join('docs', file)),
  ];
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    const targets = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target = '']) => target);
    for (const target of targets) {
      expect(existsSync(join(dirname(file), target)), `${file} → ${target}`).toBe(true);
    }
  }
});

it('names only tests, files and benches in docs/reliability.md that there are', () => {
  const page = readFileSync('docs/reliability.md', 'utf8');
  const sources = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join('test', file), 'utf8'))
    .join('\n');
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  const titles = [...rows.join('\n').matchAll(/"([^"]+)"/g)].map(([, title = '']) => title);
  const files = [...page.matchAll(/`((?:test|docs)\/[\w/.-]+)`/g)].map(([, file = '']) => file);
  const benches = [...page.matchAll(/npm run bench -- (\w+)/g)].map(([, name = '']) => name);

  expect(titles.length).toBeGreaterThan(20);
  for (const title of titles) expect(sources).toContain(title.replace(/ …$/, ''));
  for (const file of files) expect(existsSync(file), file).toBe(true);
  for (const name of benches) expect(readFileSync('bench/main.ts', 'utf8')).toContain(`  ${name},`);
});

it('has no page that a merge left in two minds', () => {
  const pages = ['README.md', 'CHANGELOG.md', ...readdirSync('docs').map((page) => `docs/${page}`)];
  const torn = pages
    .filter((page) => page.endsWith('.md'))
    .filter((page) => /^(?:<{7}|={7}|>{7})(?: |$)/m.test(readFileSync(page, 'utf8')));

  expect(torn).toEqual([]);
});
