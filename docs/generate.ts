/** Fills the parts of docs/events.md that come from code. Run as part of `npm run schemas`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { rejectionAdvice } from '../shared/results/rejection.ts';

const pageUrl = new URL('events.md', import.meta.url);

/** docs/events.md as it must read. */
export function eventsPage(page = readFileSync(pageUrl, 'utf8')): string {
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

function between(page: string, name: string, text: string): string {
  const marked = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  return page.replace(marked, (_all, start: string, end: string) => `${start}${text}${end}`);
}

if (import.meta.main) writeFileSync(pageUrl, eventsPage());
