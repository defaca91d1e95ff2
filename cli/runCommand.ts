/** What the commands of this folder share: exit codes, wrong use, and errors told in one line. */
import { messageOf } from '../shared/errors.ts';

/** The command was called wrongly: exit code 2, with the usage. */
class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

export function wrongUse(cause: unknown, usage: string): Error {
  return new WrongUse(`${messageOf(cause)}\n\n${usage}`, { cause });
}

/** @returns the number, or `undefined` where the option was not given. @throws Error */
export function integerOption(
  name: string,
  text: string | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`${name} takes a whole number from ${min} to ${max}`);
}

/** @param work - answers the exit code: 0 done, 1 a check did not hold. */
export async function runCommand(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = error instanceof WrongUse ? 2 : 1;
  }
}
