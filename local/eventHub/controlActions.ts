/** The event hub's own commands: `/control`, and below it `faults`, limits, clock and `stats`. */
import { z } from 'zod';
import type { ControlActions } from '../control/controlHandler.ts';
import { type Faults, faultSchema } from './faults.ts';
import type { Namespace } from './namespace.ts';
import type { Retention } from './partition.ts';

/** What can be changed while the hub runs; every change holds at once. */
export interface EventHubControl {
  readonly faults: Faults;
  throughputUnits(): number | undefined;
  /** `undefined` lifts the limit. */
  setThroughputUnits(units: number | undefined): void;
  retention(): Retention;
  setRetention(retention: Retention): void;
  clockOffsetMs(): number;
  /** Shifts the time that events are stamped and kept by; tokens go by the real one. */
  setClockOffsetMs(offsetMs: number): void;
}

export interface ControlDeps {
  readonly control: EventHubControl;
  readonly namespace: Namespace;
  readonly stats: () => object;
  /** Whether TLS is spoken too. */
  readonly hasTls: boolean;
  readonly port: number;
}

/** Source: Microsoft Learn, "Azure Event Hubs quotas and limits", Standard tier, 2026-11-23. */
const maxUnits = 40;

const unitsSchema = z.strictObject({ units: z.number().positive().max(maxUnits) }).nullable();

const retentionSchema = z
  .strictObject({
    maxEventCount: z.int().min(0).optional(),
    maxAgeMs: z.int().min(0).optional(),
  })
  .nullable();

const clockSchema = z.strictObject({ offsetMs: z.int() });

/** Source: Azure/azure-event-hubs-emulator-installer, health check, read 2026-11-25. */
const healthy = { status: 'healthy', message: 'Service is healthy.' };

function describeHubs(namespace: Namespace) {
  return namespace.hubs().map(({ name, consumerGroups, partitions }) => ({
    name,
    consumerGroups: [...consumerGroups],
    partitions: partitions.map((partition) => ({
      id: partition.id,
      firstSequenceNumber: partition.firstSequenceNumber(),
      lastSequenceNumber: partition.last()?.sequenceNumber ?? null,
    })),
  }));
}

function describe({ control, namespace, hasTls, port }: ControlDeps) {
  return {
    port,
    tls: hasTls,
    throughputUnits: control.throughputUnits() ?? null,
    retention: control.retention(),
    clockOffsetMs: control.clockOffsetMs(),
    hubs: describeHubs(namespace),
  };
}

export function controlActions(deps: ControlDeps): ControlActions {
  const { control, stats } = deps;
  const { faults } = control;
  return {
    'GET /health': () => healthy,
    'GET /control': () => describe(deps),
    'GET /control/stats': stats,
    'GET /control/faults': () => faults.list(),
    'POST /control/faults': (body) => {
      faults.add(faultSchema.parse(body));
      return faults.list();
    },
    'DELETE /control/faults': () => {
      faults.clear();
      return faults.list();
    },
    'PUT /control/throughputUnits': (body) => {
      control.setThroughputUnits(unitsSchema.parse(body)?.units);
      const units = control.throughputUnits();
      return units === undefined ? null : { units };
    },
    'PUT /control/retention': (body) => {
      control.setRetention(retentionSchema.parse(body) ?? {});
      return control.retention();
    },
    'PUT /control/clock': (body) => {
      const clock = clockSchema.parse(body);
      control.setClockOffsetMs(clock.offsetMs);
      return clock;
    },
  };
}
