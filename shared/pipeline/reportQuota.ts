/**
 * What an operator must see without asking: how near the quota is, how much waits and for how long,
 * when the month will be spent, what is in flight, how far readers are behind. A part that can't be
 * looked at does not keep the others from being told.
 */
import type { Backlog, BacklogReader } from '../deferral/backlog.ts';
import { messageOf } from '../errors.ts';
import type { ClaimTallyReader } from '../ledger/claimTally.ts';
import type { CursorStore } from '../ledger/cursorStore.ts';
import { drainEstimate } from '../quota/drainEstimate.ts';
import { forecastExhaustion, withReading } from '../quota/exhaustion.ts';
import type { FleetQuota } from '../quota/fleetQuota.ts';
import type { PerLane } from '../quota/lanes.ts';
import { presentStats } from '../quota/presentStats.ts';
import { monthEndMs, monthStartMs } from '../quota/quotaState.ts';
import type { QuotaStats } from '../quota/quotaStats.ts';
import { readUsage, writeUsage } from '../quota/usageReadings.ts';
import type { HubLagReader } from '../telemetry/hubLag.ts';
import type { PipelineDeps } from './deps.ts';

export interface ReportDeps
  extends Pick<PipelineDeps, 'clock' | 'telemetry' | 'quota' | 'predictor'> {
  /** Absent where there is no quota to share. */
  readonly fleetQuota: FleetQuota | undefined;
  readonly laneWeights: PerLane;
  readonly backlog: BacklogReader;
  readonly claimTally: ClaimTallyReader;
  /** Absent where the host's own storage can't be read. */
  readonly hubLag: HubLagReader | undefined;
  readonly cursors: CursorStore;
}

const usageCursor = 'quota-usage';

/** @returns what could not be looked at, with why. */
export async function reportQuota(deps: ReportDeps, signal: AbortSignal): Promise<string[]> {
  const [backlog, written] = await Promise.all([
    settled(deps.backlog.read(deps.clock.nowMs(), signal)),
    settled(deps.fleetQuota?.read() ?? Promise.resolve(undefined)),
  ]);
  if ('value' in backlog) tellBacklog(deps, backlog.value);
  // What this process knows by itself is told at all events: it may be that it goes alone.
  const fleet = 'value' in written ? written.value : undefined;
  const stats = presentStats(deps.quota.stats(), fleet, deps.clock.nowMs());
  tellQuota(deps, stats, 'value' in backlog ? backlog.value : undefined);
  const rest = await Promise.all([
    settled(tellLedger(deps, signal)),
    settled(tellLag(deps, signal)),
    settled('value' in written ? tellForecast(deps, stats, signal) : Promise.resolve()),
  ]);
  return [backlog, written, ...rest].flatMap((part) => ('problem' in part ? [part.problem] : []));
}

type Settled<Value> = { readonly value: Value } | { readonly problem: string };

async function settled<Value>(asking: Promise<Value>): Promise<Settled<Value>> {
  try {
    return { value: await asking };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function tellBacklog(
  { telemetry }: ReportDeps,
  { messageCount, overdueMs, poisonedCount }: Backlog,
) {
  telemetry.record('sightglass.parked.messages', messageCount, {});
  telemetry.record('sightglass.parked.overdue', overdueMs / 1_000, {});
  telemetry.record('sightglass.poisoned.messages', poisonedCount, {});
}

function tellQuota(deps: ReportDeps, stats: QuotaStats, backlog: Backlog | undefined): void {
  const { telemetry, clock, laneWeights, predictor } = deps;
  const model = predictor.model.publishedName;
  const mode = { quotaMode: stats.mode };
  telemetry.record('sightglass.quota.headroom', stats.headroomRatio, mode);
  if (Number.isFinite(stats.perSecond)) {
    telemetry.record('sightglass.quota.rate', stats.perSecond, mode);
    telemetry.record('sightglass.quota.max_rate', stats.maxPerSecond, {});
  }
  // Without a quota nobody counts the month's calls: 0 would be a lie.
  if (stats.mode !== 'unlimited') {
    telemetry.record('sightglass.quota.used_this_month', stats.usedThisMonthCount, {});
  }
  if (stats.mode === 'exhausted') {
    const blockedMs = (stats.blockedUntilMs ?? clock.nowMs()) - clock.nowMs();
    const { usedThisMonthCount } = stats;
    telemetry.event('quota.exhausted', { model }, { usedThisMonthCount, blockedMs });
  }
  if (stats.mode === 'paused') {
    telemetry.event('quota.paused', { model, pausedBecause: stats.pausedBecause }, {});
  }
  if (!backlog || stats.mode === 'unlimited') return;
  // A message carries one photo as a rule; where it carries many this is too hopeful.
  const queued = { drained: backlog.messageCount };
  const drain = drainEstimate(stats, laneWeights, queued, clock.nowMs());
  if (drain.kind === 'paused') return;
  telemetry.record('sightglass.quota.time_to_drain', drain.expectedMs / 1_000, {});
  telemetry.record('sightglass.quota.time_to_drain_upper', drain.upperMs / 1_000, {});
}

async function tellLedger({ telemetry, claimTally }: ReportDeps, signal: AbortSignal) {
  const { heldCount, oldestMs } = await claimTally.read(signal);
  telemetry.record('sightglass.ledger.in_flight', heldCount, {});
  telemetry.record('sightglass.ledger.oldest', oldestMs / 1_000, {});
}

async function tellLag({ telemetry, hubLag }: ReportDeps, signal: AbortSignal) {
  for (const { hub, partition, eventCount } of (await hubLag?.read(signal)) ?? []) {
    telemetry.record('sightglass.events.lag', eventCount, { hub, partition });
  }
}

const hourMs = 3_600_000;

/** Only where the month has an end to its calls. */
async function tellForecast(
  { telemetry, clock, cursors }: ReportDeps,
  { monthlyCallCount, usedThisMonthCount }: QuotaStats,
  signal: AbortSignal,
): Promise<void> {
  if (monthlyCallCount === undefined) return;
  const nowMs = clock.nowMs();
  telemetry.record('sightglass.quota.used_ratio', usedThisMonthCount / monthlyCallCount, {});
  const present = { atMs: nowMs, usedCount: usedThisMonthCount };
  const readings = withReading(readUsage(await cursors.load(usageCursor, signal)), present);
  await cursors.save(usageCursor, writeUsage(readings), signal);
  const forecast = forecastExhaustion(readings, monthStartMs(nowMs), monthlyCallCount);
  if (!forecast) return;
  const leftMs = monthEndMs(nowMs) - nowMs;
  const tell = (name: ForecastName, inMs: number) => {
    if (inMs < leftMs) telemetry.record(name, inMs / hourMs, {});
  };
  tell('sightglass.quota.exhaustion_in', forecast.expectedMs);
  tell('sightglass.quota.exhaustion_in_lower', forecast.lowerMs);
  tell('sightglass.quota.exhaustion_in_upper', forecast.upperMs);
}

type ForecastName =
  | 'sightglass.quota.exhaustion_in'
  | 'sightglass.quota.exhaustion_in_lower'
  | 'sightglass.quota.exhaustion_in_upper';
