/**
 * Site, batch and device as senders attach them outside a CloudEvent: blob metadata of an upload,
 * application properties of an inline photo. Keys lose their case on the way, so they are compared
 * without it; what can't be used is left out rather than turned into a failure.
 */
import type { CaptureContext } from './photo.ts';

const maxLabelCharacters = 128;

export function captureContextOf(properties: Readonly<Record<string, unknown>>): CaptureContext {
  const byKey = new Map(
    Object.entries(properties).map(([key, value]) => [plainKey(key), value] as const),
  );
  return {
    site: labelOf(byKey.get('site')),
    batch: labelOf(byKey.get('batch')),
    device: labelOf(byKey.get('device')),
    equipmentClass: labelOf(byKey.get('equipmentclass')),
    capturedAt: instantOf(byKey.get('capturedat') ?? byKey.get('time')),
  };
}

/** `cloudEvents:time` (binary-mode CloudEvents), `captured-at` and `CapturedAt` all mean the same. */
function plainKey(key: string): string {
  return key
    .toLowerCase()
    .replace(/^cloudevents[:_]/, '')
    .replaceAll(/[-_]/g, '');
}

function labelOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  return text === '' ? undefined : text.slice(0, maxLabelCharacters);
}

function instantOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : new Date(atMs).toISOString();
}
