/** Fills the parts of pages that come from code. Run as part of `npm run schemas`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { rejectionAdvice } from '../shared/results/rejection.ts';
import { telemetryParts } from './telemetryPage.ts';

const eventsUrl = new URL('events.md', import.meta.url);
const telemetryUrl = new URL('telemetry.md', import.meta.url);

/** docs/events.md as it must read. */
export function eventsPage(page = readFileSync(eventsUrl, 'utf8')): string {
  const rows = Object.entries(rejectionAdvice).map(
    ([reason, advice]) => `| \`${reason}\` | ${advice} |\n`,
  );
  const example = readFileSync(new URL('examples/consumer.ts', import.meta.url), 'utf8');
  const filled = between(page, 'example:consumer', `\`\`\`ts\n${example}\`\`\`\n`);
  // A comment inside a table would end it: the rows follow the head directly.
  return filled.replace(
    /(\| Reason \| What the sender should do \|\n\|---\|---\|\n)[\s\S]*?(?=\n## )/,
    (_all, head: string) => head + rows.join(''),
  );
}

/** docs/telemetry.md as it must read. */
export function telemetryPage(page = readFileSync(telemetryUrl, 'utf8')): string {
  return [...telemetryParts()].reduce((text, [name, part]) => between(text, name, part), page);
}

function between(page: string, name: string, text: string): string {
  const marked = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  return page.replace(marked, (_all, start: string, end: string) => `${start}${text}${end}`);
}

if (import.meta.main) {
  writeFileSync(eventsUrl, eventsPage());
  writeFileSync(telemetryUrl, telemetryPage());
}
