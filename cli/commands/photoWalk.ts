/** Walks stored photos page by page, so that a command can be interrupted and go on later. */

import {
  type ReconcileOptions,
  type Reconciliation,
  reconcilePhotos,
} from '../../shared/pipeline/reconcilePhotos.ts';
import { names } from '../../shared/settings.ts';
import type { CommandInput } from '../command.ts';

export type WalkOptions = Partial<
  Pick<ReconcileOptions, 'prefix' | 'continuation' | 'requeueing' | 'onPhoto' | 'container'>
> & {
  /** Called after each page with where to go on; `undefined` at the end. */
  readonly onPage?: (continuation: string | undefined) => Promise<void>;
};

export interface Walked {
  readonly counts: Reconciliation['counts'];
  readonly missingCount: number;
  readonly missing: readonly string[];
  readonly problems: readonly string[];
  /** False: it was interrupted. */
  readonly isComplete: boolean;
}

const allTimes = { changedSinceMs: 0, changedUntilMs: Number.POSITIVE_INFINITY };

/** @throws PipelineError `STORE_UNAVAILABLE`, `QUEUE_UNAVAILABLE` */
export async function walkPhotos(
  { composed: { deps }, say, interrupted }: CommandInput,
  { onPage, ...options }: WalkOptions,
): Promise<Walked> {
  const pages: Reconciliation[] = [];
  let { continuation } = options;
  do {
    // No time left from the start: it answers after one page, and tells where to go on.
    const budget = { startUntilMs: 0, signal: new AbortController().signal };
    const page = await reconcilePhotos(
      deps,
      { container: names.photosContainer, ...allTimes, ...options, continuation },
      budget,
    );
    pages.push(page);
    continuation = page.continuation;
    await onPage?.(continuation);
    say(`${photoCount(pages)} photos looked at`);
  } while (continuation !== undefined && !interrupted.aborted);
  return { ...summed(pages), isComplete: continuation === undefined };
}

function summed(pages: readonly Reconciliation[]): Omit<Walked, 'isComplete'> {
  const total = (state: keyof Reconciliation['counts']) =>
    pages.reduce((sum, { counts }) => sum + counts[state], 0);
  return {
    counts: {
      done: total('done'),
      review: total('review'),
      deferred: total('deferred'),
      rejected: total('rejected'),
      dead: total('dead'),
    },
    missingCount: pages.reduce((sum, page) => sum + page.missingCount, 0),
    missing: pages.flatMap(({ missing }) => missing).slice(0, 20),
    problems: pages.flatMap(({ problems }) => problems),
  };
}

/** Every photo was looked at, and could be. */
export function isWhole({ isComplete, problems }: Walked): boolean {
  return isComplete && problems.length === 0;
}

/** What a reader has to know besides the counts. */
export function remarksOn(walked: Walked, prefix = ''): string[] {
  const { isComplete, problems, counts } = walked;
  const isEmpty = isComplete && problems.length === 0 && totalOf(counts) === 0;
  return [
    ...(isEmpty && prefix !== '' ? [nothingUnder(prefix)] : []),
    ...(isComplete ? [] : ['interrupted: not every photo was looked at']),
    ...problems.map((problem) => `problem: ${problem}`),
    ...(problems.length > 0
      ? ['docs/runbook.md#blobs-that-are-not-in-our-form says what to do']
      : []),
  ];
}

function nothingUnder(prefix: string): string {
  const { photosContainer } = names;
  return `no photo begins with "${prefix}": names are those in the container ${photosContainer}, without it`;
}

function photoCount(pages: readonly Reconciliation[]): number {
  return totalOf(summed(pages).counts);
}

function totalOf(counts: Walked['counts']): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** `12 done, 3 deferred`; states without photos are left out. */
export function countsLine(counts: Walked['counts']): string {
  const present = Object.entries(counts).filter(([, count]) => count > 0);
  return present.map(([state, count]) => `${count} ${state}`).join(', ') || 'no photos';
}
