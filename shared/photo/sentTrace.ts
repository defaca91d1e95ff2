/** The trace a sender of an event is in, so that the photo's trace goes on from there. */
import { readTraceparent, writeTraceparent } from '../telemetry/traceparent.ts';

/** Application properties: ours and CloudEvents', and the one that Azure's SDKs write. */
const propertyNames = ['traceparent', 'cloudevents:traceparent', 'diagnostic-id'];

/**
 * @param properties - of the event, keys of any case.
 * @param said - in its body.
 * @returns `undefined` where none is, or none that can be gone on from.
 */
export function sentTraceparent(
  properties: Readonly<Record<string, unknown>>,
  said?: string,
): string | undefined {
  const byKey = new Map(
    Object.entries(properties).map(([key, value]) => [key.toLowerCase(), value] as const),
  );
  const candidates = [said, ...propertyNames.map((name) => byKey.get(name))];
  const [first] = candidates.flatMap((text) => readTraceparent(text) ?? []);
  return first && writeTraceparent(first);
}
