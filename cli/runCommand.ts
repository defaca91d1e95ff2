/** What the commands of this folder share: exit codes, wrong use, and errors told in one line. */
import { type ErrorCode, messageOf, PipelineError, redact } from '../shared/errors.ts';

/** The command was called wrongly: exit code 2, with the usage. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

export function wrongUse(cause: unknown, usage: string): Error {
  return new WrongUse(`${messageOf(cause)}\n\n${usage}`, { cause });
}

/** @returns `undefined` where there is none, whatever words every object knows. */
export function named<Thing>(things: Readonly<Record<string, Thing>>, name: string) {
  return Object.hasOwn(things, name) ? things[name] : undefined;
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

const advice: Readonly<Record<ErrorCode, string>> = {
  SETTINGS_INVALID:
    'docs/settings.md says what each is; --settings FILE takes them from a file like local.settings.sample.json',
  STORE_UNAVAILABLE: 'is the address right, the account up, its firewall open for you?',
  QUEUE_UNAVAILABLE: 'is the address right, the account up, its firewall open for you?',
  EVENTS_UNAVAILABLE: 'is the address right, the namespace up, its firewall open for you?',
  DOCUMENT_INVALID:
    'docs/runbook.md#blobs-that-are-not-in-our-form says whose it may be, and what to do',
};

/** Storage's own words for 403: it was reached, and knows the caller or not. */
const refusal = /Auth\w+(?:Failed|Failure|Mismatch)|InsufficientAccountPermissions|KeyBasedAuth/;

/** It answered, and asks for patience. Source: Azure Storage, common REST API error codes, 2026-11-26. */
const busy = /ServerBusy|OperationTimedOut/;

/** The next step, and what it is about: the message alone may not say which document it was. */
function adviceOn({ code, reason, details }: PipelineError): string {
  const about = 'path' in details ? `${details.path}: ` : '';
  const next = adviceOnAnswer(reason) ?? advice[code];
  return redact(`  ${about}${next}`);
}

function adviceOnAnswer(reason: string): string | undefined {
  if (busy.test(reason)) return 'reached, and busy: run the same command again in a minute';
  return refusal.test(reason)
    ? 'reached, and refused: a wrong key, or whoever runs this lacks a role: docs/runbook.md#commands'
    : undefined;
}

/** @param work - answers the exit code: 0 done, 1 a check did not hold. */
export async function runCommand(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    console.error(messageOf(error));
    if (error instanceof PipelineError) console.error(adviceOn(error));
    process.exitCode = error instanceof WrongUse ? 2 : 1;
  }
}
