import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventsPage } from '../../docs/generate.ts';
import { jsonSchemas } from '../../docs/schemas/generate.ts';

it.each([...jsonSchemas()])('keeps docs/schemas/%s as the code has it', (file, text) => {
  expect(readFileSync(`docs/schemas/${file}`, 'utf8')).toBe(text);
});

it('keeps the reasons and the example of docs/events.md as the code has them', () => {
  expect(readFileSync('docs/events.md', 'utf8')).toBe(eventsPage());
});

it('lists every error code in the runbook', () => {
  const runbook = readFileSync('docs/runbook.md', 'utf8');
  const source = readFileSync('shared/errors.ts', 'utf8');
  const codes = [...source.matchAll(/readonly ([A-Z_]{5,}):/g)].map(([, code]) => code);

  expect(codes.length).toBeGreaterThan(3);
  for (const code of codes) expect(runbook).toContain(`\`${code}\``);
});
