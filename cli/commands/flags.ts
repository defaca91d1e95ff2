/** Reads the values of options. */
import type { Asked } from '../command.ts';
import { wrongUse } from '../runCommand.ts';

/** @throws Error naming the option: the command was called wrongly */
export function numberFlag(flags: Asked['flags'], name: string): number | undefined {
  const text = textFlag(flags, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw wrongUse(`--${name} takes a number from 0`, `--${name} N`);
}

export function textFlag(flags: Asked['flags'], name: string): string | undefined {
  const text = flags[name];
  return typeof text === 'string' ? text : undefined;
}
