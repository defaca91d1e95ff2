/** The form of an operator's command: what it is told, and what it answers. */
import type { ParseArgsOptionsConfig } from 'node:util';
import type { Composition } from '../functions/compose.ts';

export interface Asked {
  /** Words behind the command's name. */
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

export interface CommandInput extends Asked {
  readonly composed: Composition;
  /** Progress for people, on standard error. */
  readonly say: (text: string) => void;
  /** Aborted by Ctrl-C: what was begun is finished, and where to go on is kept. */
  readonly interrupted: AbortSignal;
}

export interface CommandAnswer {
  /** 1: a check did not hold. */
  readonly exitCode: 0 | 1;
  /** For `--json`. */
  readonly document: unknown;
  /** The same for people. */
  readonly lines: readonly string[];
}

interface CommandForm {
  /** `NAME [words] [--options]`, and what it is for. */
  readonly usage: string;
  /** Words it takes at most; absent: none. One too many may be a prefix that was meant to narrow it. */
  readonly wordCount?: number;
  readonly options: ParseArgsOptionsConfig;
  /** Before any settings are read. @throws Error where the words or values are no use */
  readonly check?: (asked: Asked) => void;
}

export interface Command extends CommandForm {
  run(input: CommandInput): Promise<CommandAnswer>;
}

export type StandaloneInput = Omit<CommandInput, 'composed'>;

/** One that needs no app and no settings. */
export interface StandaloneCommand extends CommandForm {
  runAlone(input: StandaloneInput): Promise<CommandAnswer>;
}
