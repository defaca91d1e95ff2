/** What happened to one photo: its spans, events and the times between tries, in order. */
import type { EventName } from '../../../shared/telemetry/catalogue/events.ts';
import type { SpanName } from '../../../shared/telemetry/catalogue/spans.ts';
import type { Row, Table } from '../tables/row.ts';
import type { PhotoTrace, Step } from './panel.ts';
import type { ReadRows } from './readings.ts';

const tryName = 'process photo' satisfies SpanName;
const parkedName = 'photo.parked' satisfies EventName;

const named: readonly Table[] = ['customEvents', 'dependencies', 'requests'];
const told: readonly Table[] = [...named, 'exceptions', 'traces'];

/**
 * @param asked - `container/blobName`, a part of it, or the key of an outcome.
 * @returns `undefined` where nothing of that name arrived.
 */
export function photoTrace(rows: ReadRows, asked: string, nowMs: number): PhotoTrace | undefined {
  const fitting = named.flatMap((table) => rows(table)).filter((row) => isAbout(row, asked));
  const photos = photosOf(fitting, asked);
  const [shown] = photos;
  const own = fitting.filter(({ customDimensions }) => customDimensions['photo'] === shown);
  const operationIds = [...new Set(own.flatMap((row) => row.operation_Id || []))];
  if (own.length === 0) return undefined;
  const all = told
    .flatMap((table) => rows(table))
    .filter((row) => operationIds.includes(row.operation_Id))
    .toSorted((a, b) => a.timestampMs - b.timestampMs);
  const startedAtMs = all[0]?.timestampMs ?? 0;
  // Of those that begin together the longest first: it holds the others.
  const steps = [...stepsOf(all, startedAtMs), ...waits(all, startedAtMs, nowMs)].toSorted(
    (a, b) => a.startMs - b.startMs || b.durationMs - a.durationMs,
  );
  const durationMs = Math.max(0, ...steps.map((step) => step.startMs + step.durationMs));
  return { asked, photos, operationIds, startedAtMs, durationMs, steps };
}

function isAbout({ customDimensions }: Row, asked: string): boolean {
  return customDimensions['outcomeKey'] === asked || !!customDimensions['photo']?.includes(asked);
}

/** An exact name before the latest of those that merely contain what was asked. */
function photosOf(rows: readonly Row[], asked: string): string[] {
  const names = rows
    .toSorted((a, b) => b.timestampMs - a.timestampMs)
    .flatMap(({ customDimensions }) => customDimensions['photo'] ?? []);
  return [...new Set(names.includes(asked) ? [asked, ...names] : names)];
}

function stepsOf(all: readonly Row[], startedAtMs: number): Step[] {
  const byId = new Map(all.flatMap((row) => (row.id ? [[row.id, row] as const] : [])));
  return all.map((row) => ({
    name: row.name,
    kind: kindOf(row),
    startMs: row.timestampMs - startedAtMs,
    durationMs: row.duration ?? 0,
    depth: depthOf(row, byId),
    isFailed: (row.success === false && !isAnswer(row)) || row.table === 'exceptions',
    detail: detailOf(row),
  }));
}

/** With these storage tells how things stand: nothing there, there already, changed since. */
const answers = ['404', '409', '412'];

function isAnswer({ name, resultCode = '' }: Row): boolean {
  return answers.includes(resultCode) && /^(?:GET|HEAD|PUT|DELETE) /.test(name);
}

function kindOf({ table }: Row): Step['kind'] {
  if (table === 'customEvents') return 'event';
  return table === 'requests' || table === 'dependencies' ? 'call' : 'log';
}

/** A try is a child of the try before, but does not lie within it: counting begins at a try. */
function depthOf(row: Row, byId: ReadonlyMap<string, Row>): number {
  const within = new Set<Row>();
  let at = row;
  while (at.name !== tryName) {
    const parent = byId.get(at.operation_ParentId);
    if (!parent || within.has(parent)) break;
    within.add(parent);
    at = parent;
  }
  return within.size;
}

function detailOf({ customDimensions, resultCode }: Row): string {
  const { code, outcome, reason, tag } = customDimensions;
  const words = [outcome, tag ?? reason, code].filter(Boolean).join(', ');
  return words || (resultCode && resultCode !== '0' ? resultCode : '');
}

/** From the end of a try that left the photo waiting to the next; of unsampled ones, by their events. */
function waits(all: readonly Row[], startedAtMs: number, nowMs: number): Step[] {
  const tries = all.filter(({ name }) => name === tryName);
  const isWaiting = ({ customDimensions }: Row) => customDimensions['outcome'] === 'waiting';
  const left =
    tries.length > 0 ? tries.filter(isWaiting) : all.filter(({ name }) => name === parkedName);
  return left.map((row) => {
    const fromMs = row.timestampMs + (row.duration ?? 0);
    const next = all.find(({ name, timestampMs }) => {
      const isNext = name === tryName || (tries.length === 0 && name.startsWith('photo.'));
      return isNext && timestampMs > row.timestampMs;
    });
    const { code, failureClass } = row.customDimensions;
    return {
      name: next ? 'parked' : 'still parked',
      kind: 'parked',
      startMs: fromMs - startedAtMs,
      durationMs: Math.max(0, (next?.timestampMs ?? nowMs) - fromMs),
      depth: 0,
      isFailed: false,
      detail: [failureClass, code].filter(Boolean).join(', '),
    };
  });
}
