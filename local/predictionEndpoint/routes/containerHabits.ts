/**
 * The exported container's generations, by the years in which they were exported, and what each
 * does with what it can't answer.
 * Source: app.py and predict.py of published exports, local-models facts 5, 2026-11-23.
 */
import { html, json, type Reply } from '../../http/reply.ts';
import { stringText } from './faultReply.ts';

export const containerGenerations = ['2018', '2020', '2024'] as const;
export type ContainerGeneration = (typeof containerGenerations)[number];

export interface ContainerHabits {
  /** Else only `/image` and `/url`. */
  readonly hasLongRoutes: boolean;
  /** Leaves out what is next to nothing. */
  readonly dropsTiny: boolean;
  /** No photo at all. */
  readonly unreadable: Reply;
  /** A photo by its header, damaged further on. Detection fails as for `unreadable`. */
  readonly damaged: Reply;
  readonly urlFailed: Reply;
}

const failureText = 'Error processing image';

const failed = html(500, failureText);

const first: ContainerHabits = {
  hasLongRoutes: false,
  dropsTiny: true,
  unreadable: failed,
  damaged: json(200, stringText),
  urlFailed: html(200, failureText),
};

export const containerHabits: Readonly<Record<ContainerGeneration, ContainerHabits>> = {
  2018: first,
  2020: { ...first, hasLongRoutes: true },
  // Swallows the exception and answers with the nothing that is left.
  2024: {
    hasLongRoutes: true,
    dropsTiny: false,
    unreadable: json(200, null),
    damaged: json(200, null),
    urlFailed: failed,
  },
};

/** What lies at an address and is no photo fails as an address that can't be fetched, or is swallowed. */
export function behindUrl(habits: ContainerHabits): ContainerHabits {
  return habits.unreadable === failed ? { ...habits, unreadable: habits.urlFailed } : habits;
}

/** An oversize photo, and whatever else the handler's catch-all catches. */
export const containerFailed = failed;
