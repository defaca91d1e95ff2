/** The hubs of one stand-in, and what an address on the wire means among them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openLogFile } from './logFile.ts';
import { openPartition, type Partition, type Retention } from './partition.ts';
import { type ReaderTable, readerTable } from './readerTable.ts';
import { notFound, Refusal } from './refusal.ts';

export interface HubOptions {
  readonly name: string;
  readonly partitionCount: number;
  /** `$Default` is always there and need not be listed. */
  readonly consumerGroups?: readonly string[];
}

export interface Hub {
  readonly name: string;
  readonly createdAtMs: number;
  readonly partitions: readonly Partition[];
  /** Lower case: their names are compared without regard to case. */
  readonly consumerGroups: ReadonlySet<string>;
  readonly readers: ReaderTable;
}

/** `hub`, `hub/Partitions/0` or `hub/ConsumerGroups/group/Partitions/0`. */
export interface Entity {
  readonly hub: Hub;
  readonly consumerGroup: string | undefined;
  readonly partition: Partition | undefined;
}

export interface Namespace {
  hubs(): readonly Hub[];
  hub(name: string): Hub;
  partition(hub: Hub, id: string): Partition;
  /** Lets go of what the retention no longer keeps. */
  trim(): void;
  entity(address: string): Entity;
  close(): void;
}

export interface NamespaceOptions {
  readonly hubs: readonly HubOptions[];
  readonly dataDir?: string | undefined;
  readonly onWarning: (message: string) => void;
  readonly retention: () => Retention;
  readonly nowMs: () => number;
}

/** Source: Microsoft Learn, "Naming rules for Azure resources", Microsoft.EventHub, 2026-11-23. */
const hubName = /^[A-Za-z0-9](?:[-._A-Za-z0-9]{0,254}[A-Za-z0-9])?$/;

function openPartitions(hub: HubOptions, options: NamespaceOptions): Partition[] {
  const { dataDir, onWarning, retention, nowMs } = options;
  const folder = dataDir === undefined ? undefined : join(dataDir, hub.name.toLowerCase());
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  return Array.from({ length: hub.partitionCount }, (_, index) => {
    const path = folder === undefined ? undefined : join(folder, `${index}.log`);
    const file = path === undefined ? undefined : openLogFile({ path, onWarning });
    return openPartition({ id: String(index), nowMs, retention, file });
  });
}

function openHub(hub: HubOptions, options: NamespaceOptions): Hub {
  if (!hubName.test(hub.name)) throw new Error(`Not a name for an event hub: '${hub.name}'`);
  if (!Number.isInteger(hub.partitionCount) || hub.partitionCount < 1) {
    throw new Error(`Event hub '${hub.name}' needs a partition count of 1 or more`);
  }
  const groups = ['$Default', ...(hub.consumerGroups ?? [])];
  return {
    name: hub.name,
    createdAtMs: options.nowMs(),
    partitions: openPartitions(hub, options),
    consumerGroups: new Set(groups.map((group) => group.toLowerCase())),
    readers: readerTable(),
  };
}

/** The path of `sb://host:port/path`, or of a bare `/path`, without slashes around it. */
export function entityPath(address: string): string {
  return address.replace(/^\w+:\/\/[^/]*/, '').replaceAll(/^\/+|\/+$/g, '');
}

function segmentAfter(segments: readonly string[], name: string): string | undefined {
  const index = segments.findIndex((segment) => segment.toLowerCase() === name);
  return index > 0 ? segments[index + 1] : undefined;
}

export function openNamespace(options: NamespaceOptions): Namespace {
  const hubs = new Map(
    options.hubs.map((hub) => [hub.name.toLowerCase(), openHub(hub, options)] as const),
  );

  const namespace: Namespace = {
    hubs: () => [...hubs.values()],
    hub(name) {
      const hub = hubs.get(name.toLowerCase());
      if (!hub) throw notFound(name);
      return hub;
    },
    partition(hub, id) {
      const partition = hub.partitions.find((candidate) => candidate.id === id);
      if (partition) return partition;
      throw new Refusal(
        'com.microsoft:argument-out-of-range',
        `Partition '${id}' is not between 0 and ${hub.partitions.length - 1} of '${hub.name}'.`,
      );
    },
    entity(address) {
      const segments = entityPath(address).split('/');
      const hub = namespace.hub(segments[0] ?? '');
      const group = segmentAfter(segments, 'consumergroups')?.toLowerCase();
      if (group !== undefined && !hub.consumerGroups.has(group)) throw notFound(address);
      const id = segmentAfter(segments, 'partitions');
      const partition = id === undefined ? undefined : namespace.partition(hub, id);
      return { hub, consumerGroup: group, partition };
    },
    trim() {
      for (const { partitions } of hubs.values()) {
        for (const partition of partitions) partition.trim();
      }
    },
    close() {
      for (const { partitions } of hubs.values()) {
        for (const partition of partitions) partition.close();
      }
    },
  };
  return namespace;
}
