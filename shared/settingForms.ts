/**
 * Forms that settings have, each with what is expected in words for people, and how a wrong one is
 * told: by name, with what was given where that is short and can be no secret.
 */
import * as z from 'zod';

/** An upper bound of `Infinity` is none. */
export function numberFrom(min: number, max: number) {
  const error = `is no number ${bounds(min, max)}`;
  return z.coerce.number({ error }).min(min, { error }).max(max, { error });
}

export function wholeNumberFrom(min: number, max: number) {
  const error = `is no whole number ${bounds(min, max)}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

function bounds(min: number, max: number): string {
  return Number.isFinite(max) ? `from ${min} to ${max}` : `from ${min}`;
}

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `is not ${values.join(' or ')}` });
}

export const trueOrFalse = z.stringbool({ error: 'is not true or false' });

export function guid(what: string) {
  return z.guid({ error: `is not ${what} (GUID)` });
}

export const httpAddress = z.url({
  protocol: /^https?$/,
  error: 'is not an http(s) address like https://NAME.…',
});

/** Longer values may be keys that went into the wrong setting: how long they are tells enough. */
const longestShownCharacters = 20;

/** ` (given: "half")`; nothing of a secret. */
export function givenText(given: string, isSecret: boolean): string {
  if (isSecret) return '';
  const isShown = given.length <= longestShownCharacters;
  return ` (given: ${isShown ? JSON.stringify(given) : `${given.length} characters`})`;
}
