/** What the app has to trust of its world, in the one file that Node takes. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EventHub } from '../eventHub/startEventHub.ts';
import type { TelemetryCollector } from '../telemetryCollector/startTelemetryCollector.ts';

export async function trustSettings(
  { tls }: EventHub,
  collector: TelemetryCollector | undefined,
): Promise<Readonly<Record<string, string>>> {
  const [file, other] = [tls, collector].flatMap((part) => part?.authorityFile ?? []);
  if (file === undefined) return {};
  if (other === undefined) return { NODE_EXTRA_CA_CERTS: file };
  // Beside the event hub's own, with which it goes.
  const both = join(dirname(file), 'authorities.pem');
  const authorities = await Promise.all([file, other].map((one) => readFile(one, 'utf8')));
  await writeFile(both, authorities.join('\n'));
  return { NODE_EXTRA_CA_CERTS: both };
}
