/** Writes the JSON Schemas of the public contracts from their zod schemas. Run as `npm run schemas`. */
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { captureEventSchema } from '../../shared/photo/captureEvent.ts';
import { resultDocumentSchema } from '../../shared/results/resultDocument.ts';
import { resultEventSchema } from '../../shared/results/resultEvent.ts';

const schemas = {
  'capture-event.json': captureEventSchema,
  'result-document.json': resultDocumentSchema,
  'result-event.json': resultEventSchema,
};

/** File name → text, as it must lie in this folder. */
export function jsonSchemas(): ReadonlyMap<string, string> {
  const texts = Object.entries(schemas).map(([file, schema]) => {
    const text = JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2);
    return [file, `${text}\n`] as const;
  });
  return new Map(texts);
}

if (import.meta.main) {
  for (const [file, text] of jsonSchemas()) writeFileSync(new URL(file, import.meta.url), text);
}
