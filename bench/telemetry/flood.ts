/**
 * Everything the catalogue knows, straight into the port: each metric with all its listed values, and
 * with the names that people give; one event a photo. Nothing of it is sampled.
 */
import { setImmediate } from 'node:timers/promises';
import {
  type AttributeName,
  attributes,
  type DimensionName,
} from '../../shared/telemetry/catalogue/attributes.ts';
import { type MetricName, metrics } from '../../shared/telemetry/catalogue/metrics.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';

/** What there is of each: a chain with forty sites that replaces its model. */
const openCounts: Readonly<Partial<Record<AttributeName, number>>> = {
  site: 40,
  tag: 50,
  model: 2,
  reason: 20,
  function: 12,
  hub: 2,
  partition: 32,
};

/** Lets the SDK's timers and sends have their turn, as work between photos does. */
const photosPerTurn = 20;

export async function flood(telemetry: Telemetry, photoCount: number): Promise<void> {
  const all = (Object.keys(metrics) as MetricName[]).filter((name) => !isAboutTelemetry(name));
  for (let photo = 0; photo < photoCount; photo += 1) {
    for (const name of all) tell(telemetry, name, photo);
    const labels = { site: valueOf('site', photo), tag: valueOf('tag', photo) };
    telemetry.event(
      'photo.settled',
      { ...blank, ...labels, outcome: 'predicted' },
      { endToEndMs: 900 },
    );
    if (photo % photosPerTurn === 0) await setImmediate();
  }
}

/** Counted by the adapter, and compared with what arrived. */
function isAboutTelemetry(name: MetricName): boolean {
  return name.startsWith('sightglass.telemetry.');
}

const blank = {
  reason: undefined,
  announcedBy: 'maker',
  model: 'parts',
  backend: 'customVision',
  iterationId: undefined,
  expectedIterationId: undefined,
  isUncertain: 'false',
  trigger: 'upload',
  lane: 'live',
  device: undefined,
  batch: undefined,
  equipmentClass: undefined,
  photo: 'photos/line-4/2026-11-25/0001.jpg',
  outcomeKey: 'mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dzpiydcmrtgq2t',
} as const;

function tell(telemetry: Telemetry, name: MetricName, photo: number): void {
  const { kind, dimensions }: { kind: string; dimensions: readonly DimensionName[] } =
    metrics[name];
  let rest = photo;
  const labels: Record<string, string> = {};
  // As the digits of a number: all combinations come, one after the other.
  for (const dimension of dimensions) {
    labels[dimension] = valueOf(dimension, rest);
    rest = Math.floor(rest / countOf(dimension));
  }
  // The port knows names and dimensions one by one only, not as the list that they come from here.
  if (kind === 'counter') telemetry.count(name as never, 1, labels);
  else telemetry.record(name as never, photo % 100, labels);
}

function countOf(name: AttributeName): number {
  return listed(name)?.length ?? openCounts[name] ?? 1;
}

function valueOf(name: AttributeName, turn: number): string {
  const index = turn % countOf(name);
  return listed(name)?.[index] ?? `${name}-${index}`;
}

function listed(name: AttributeName): readonly string[] | undefined {
  const known = attributes[name];
  return 'values' in known ? known.values : undefined;
}
