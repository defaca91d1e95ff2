/**
 * The projects of one prediction resource: their iterations, and the names these are published
 * under. A name points to one iteration at a time and can be pointed elsewhere while calls run.
 */
import type { Identity } from '../identity.ts';
import type { Scorer } from '../model/findings.ts';

export interface Iteration extends Identity {
  readonly scorer: Scorer;
}

export interface PublishedAs {
  readonly projectId: string;
  readonly publishedName: string;
}

export type Lookup =
  | { readonly kind: 'found'; readonly iteration: Iteration }
  | { readonly kind: 'noProject' }
  | { readonly kind: 'noIteration' };

/** One iteration as the control interface lists it. */
export interface ListedIteration extends Identity {
  readonly publishedNames: readonly string[];
  readonly runtime: Scorer['runtime'];
}

export interface ModelTable {
  add(iteration: Iteration): void;
  find(target: PublishedAs): Lookup;
  iteration(projectId: string, iterationId: string): Iteration | undefined;
  /** Points the name to an iteration the project has; from whichever it pointed to before. */
  publish(target: PublishedAs, iterationId: string): void;
  /** @returns whether the name was there. */
  unpublish(target: PublishedAs): boolean;
  list(): readonly ListedIteration[];
  scorers(): ReadonlySet<Scorer>;
}

/** @throws Error from `add` and `publish` where ids clash or are unknown. */
export function modelTable(): ModelTable {
  const iterations = new Map<string, Iteration>();
  /** By project and name, the iteration's id. */
  const published = new Map<string, { readonly target: PublishedAs; readonly id: string }>();
  const hasProject = (projectId: string) =>
    [...iterations.values()].some((each) => sameId(each.projectId, projectId));
  const table: ModelTable = {
    add(iteration) {
      const id = keyOf(iteration.projectId, iteration.iterationId);
      const known = iterations.get(id);
      if (known && known.scorer !== iteration.scorer) {
        throw new Error(`iteration ${iteration.iterationId} is there already, of another model`);
      }
      iterations.set(id, iteration);
    },
    find(target) {
      const entry = published.get(nameKey(target));
      const iteration = entry && iterations.get(keyOf(target.projectId, entry.id));
      if (iteration) return { kind: 'found', iteration };
      return { kind: hasProject(target.projectId) ? 'noIteration' : 'noProject' };
    },
    iteration: (projectId, iterationId) => iterations.get(keyOf(projectId, iterationId)),
    publish(target, iterationId) {
      const iteration = table.iteration(target.projectId, iterationId);
      if (!iteration) {
        throw new Error(`project ${target.projectId} has no iteration ${iterationId}`);
      }
      published.set(nameKey(target), { target, id: iterationId });
    },
    unpublish: (target) => published.delete(nameKey(target)),
    list: () => [...iterations.values()].map((each) => listed(each, [...published.values()])),
    scorers: () => new Set([...iterations.values()].map(({ scorer }) => scorer)),
  };
  return table;
}

function listed(
  { scorer, ...identity }: Iteration,
  published: readonly { readonly target: PublishedAs; readonly id: string }[],
): ListedIteration {
  const mine = published.filter(
    ({ target, id }) =>
      sameId(target.projectId, identity.projectId) && sameId(id, identity.iterationId),
  );
  const publishedNames = mine.map(({ target }) => target.publishedName);
  return { ...identity, publishedNames, runtime: scorer.runtime };
}

/** Ids are GUIDs: their case means nothing. Published names are text: theirs does. */
function keyOf(projectId: string, iterationId: string): string {
  return `${projectId}\n${iterationId}`.toLowerCase();
}

function nameKey({ projectId, publishedName }: PublishedAs): string {
  return `${projectId.toLowerCase()}\n${publishedName}`;
}

function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
