/** Writes what infrastructure is told by code: alerts and workbook. Run as part of `npm run schemas`. */
import { writeFileSync } from 'node:fs';
import { alertDocument } from './alertDocument.ts';
import { workbookDocument } from './workbook/workbook.ts';

/** File name → text, as it must lie in this folder. */
export function infraDocuments(): ReadonlyMap<string, string> {
  const text = (document: unknown) => `${JSON.stringify(document, null, 2)}\n`;
  return new Map([
    ['alerts.json', text(alertDocument())],
    ['workbook.json', text(workbookDocument())],
  ]);
}

if (import.meta.main) {
  for (const [file, text] of infraDocuments()) writeFileSync(new URL(file, import.meta.url), text);
}
