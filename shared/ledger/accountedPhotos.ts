/** How many stored photos are in which state: counted over as many walks as one round takes. */
import * as z from 'zod';

/** In the ways of `photoState`, and two more: nobody was at it, and its ledger can't be read. */
export const photoAccounts = [
  'done',
  'review',
  'deferred',
  'rejected',
  'dead',
  'missing',
  'unreadable',
] as const;

export type AccountedPhotos = Readonly<Record<(typeof photoAccounts)[number], number>>;

export const noneAccounted: AccountedPhotos = {
  done: 0,
  review: 0,
  deferred: 0,
  rejected: 0,
  dead: 0,
  missing: 0,
  unreadable: 0,
};

const accountedSchema = z.record(z.enum(photoAccounts), z.number().int().min(0));

/** What can't be read is counted anew in the next round. */
export function readAccounted(text: string | undefined): AccountedPhotos {
  if (text === undefined) return noneAccounted;
  try {
    return accountedSchema.parse(JSON.parse(text));
  } catch {
    return noneAccounted;
  }
}
