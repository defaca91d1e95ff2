/**
 * What a namespace lets through per throughput unit: too much coming in is refused, going out it is
 * only slowed. A second's worth may come at once, and the publication that empties the bucket still
 * passes, so that one larger than a second's events is not refused for ever.
 * Source: Microsoft Learn, "Scaling with Event Hubs", throughput units, read 2026-11-23.
 */
const inPerUnit = { bytesPerSecond: 1_048_576, eventsPerSecond: 1000 };
const outPerUnit = { bytesPerSecond: 2_097_152, eventsPerSecond: 4096 };

interface Rate {
  readonly bytesPerSecond: number;
  readonly eventsPerSecond: number;
}

export interface Throughput {
  /** `undefined`: no limit. */
  readonly units: () => number | undefined;
  readonly setUnits: (units: number | undefined) => void;
  /** Counts what comes in. @returns false when it must be refused; then nothing is counted. */
  takeIn(eventCount: number, bytes: number): boolean;
  takeOut(eventCount: number, bytes: number): void;
  /** How long readers have to wait before more may go out. */
  outWaitMs(): number;
}

interface Bucket {
  take(amount: number): void;
  /** Milliseconds until something is left in it; 0 when something is. */
  waitMs(): number;
}

function bucket(perSecond: number, nowMs: () => number): Bucket {
  let level = perSecond;
  let filledAtMs = nowMs();
  const fill = (): void => {
    const elapsedMs = Math.max(0, nowMs() - filledAtMs);
    level = Math.min(perSecond, level + (elapsedMs * perSecond) / 1000);
    filledAtMs = nowMs();
  };
  return {
    take(amount) {
      fill();
      level -= amount;
    },
    waitMs() {
      fill();
      return level > 0 ? 0 : Math.ceil(((1 - level) * 1000) / perSecond);
    },
  };
}

interface Buckets {
  readonly bytes: Bucket;
  readonly events: Bucket;
}

function buckets(rate: Rate, units: number, nowMs: () => number): Buckets {
  return {
    bytes: bucket(rate.bytesPerSecond * units, nowMs),
    events: bucket(rate.eventsPerSecond * units, nowMs),
  };
}

function waitMs({ bytes, events }: Buckets): number {
  return Math.max(bytes.waitMs(), events.waitMs());
}

function take({ bytes, events }: Buckets, eventCount: number, byteCount: number): void {
  bytes.take(byteCount);
  events.take(eventCount);
}

interface Limits {
  readonly units: number;
  readonly incoming: Buckets;
  readonly outgoing: Buckets;
}

export function throughputMeter(nowMs: () => number, startUnits?: number): Throughput {
  const limitsFor = (units: number): Limits => ({
    units,
    incoming: buckets(inPerUnit, units, nowMs),
    outgoing: buckets(outPerUnit, units, nowMs),
  });
  let limits = startUnits === undefined ? undefined : limitsFor(startUnits);
  return {
    units: () => limits?.units,
    setUnits(units) {
      limits = units === undefined ? undefined : limitsFor(units);
    },
    takeIn(eventCount, bytes) {
      if (!limits) return true;
      if (waitMs(limits.incoming) > 0) return false;
      take(limits.incoming, eventCount, bytes);
      return true;
    },
    takeOut(eventCount, bytes) {
      if (limits) take(limits.outgoing, eventCount, bytes);
    },
    outWaitMs: () => (limits ? waitMs(limits.outgoing) : 0),
  };
}
