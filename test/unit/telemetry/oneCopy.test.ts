import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';

const lockSchema = z.object({ packages: z.record(z.string(), z.unknown()) });

it('installs each package of OpenTelemetry once: the bundle would hold and load every copy', async () => {
  const text = await readFile(new URL('../../../package-lock.json', import.meta.url), 'utf8');
  const { packages } = lockSchema.parse(JSON.parse(text));

  const names = Object.keys(packages).filter((path) => path.includes('/@opentelemetry/'));

  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((path) => path.lastIndexOf('node_modules/') > 0)).toEqual([]);
});
