import { type Sanitiser, sanitised, sanitiser } from './redact.ts';

/** Failures that stop a unit of work, each with a code operators can alert on (docs/runbook.md). */
export interface ErrorDetails {
  readonly SETTINGS_INVALID: { readonly problems: readonly string[] };
  readonly STORE_UNAVAILABLE: { readonly operation: string; readonly path: string };
  readonly QUEUE_UNAVAILABLE: { readonly operation: string; readonly queue: string };
  readonly EVENTS_UNAVAILABLE: { readonly hub: string };
  readonly DOCUMENT_INVALID: { readonly path: string; readonly problems: readonly string[] };
}

/** Public contract: dashboards and runbooks match on codes. Never reuse one. */
export type ErrorCode = keyof ErrorDetails;

/** Whether the host should deliver the trigger again. */
const retryable: Readonly<Record<ErrorCode, boolean>> = {
  SETTINGS_INVALID: false,
  STORE_UNAVAILABLE: true,
  QUEUE_UNAVAILABLE: true,
  EVENTS_UNAVAILABLE: true,
  DOCUMENT_INVALID: false,
};

export class PipelineError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'PipelineError';
  readonly code: Code;
  /** The message without the code, for those who put the code before it themselves. */
  readonly reason: string;
  /** Safe to log: no keys, no SAS tokens, no image bytes. */
  readonly details: ErrorDetails[Code];

  constructor(code: Code, message: string, details: ErrorDetails[Code], options?: ErrorOptions) {
    super(redact(`${code}: ${message}`), options);
    this.code = code;
    this.reason = redact(message);
    this.details = sanitised(details, redact);
  }

  get retryable(): boolean {
    return retryable[this.code];
  }
}

/** The text of anything thrown; never a stack, never an SDK object's headers. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    // Tries of one thing fail alike as a rule: said once is enough.
    return [...new Set(error.errors.map(messageOf))].join('; ');
  }
  return redact(error instanceof Error ? error.message : String(error));
}

interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What a schema missed, field by field; the whole has no name. */
export function problemsOf(issues: readonly SchemaIssue[]): string[] {
  return issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
}

/** An error as others may see it: an SDK's own holds request headers, causes and more. */
export function safeError(error: unknown): Error {
  const safe = new Error(messageOf(error));
  if (!(error instanceof Error)) return safe;
  safe.name = error.name;
  safe.stack = redact(error.stack ?? '');
  return safe;
}

let sanitise: Sanitiser = sanitiser([]);

/** Once per process, first of all: these never appear in any text, in whatever form. */
export function keepSecret(values: readonly string[]): void {
  sanitise = sanitiser(values);
}

/** Takes secrets, addresses and places out of a text that may have come from anywhere. */
export function redact(text: string): string {
  return sanitise(text);
}
