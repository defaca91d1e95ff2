/** What the fire drill is made of: clean work, faults, and the rules that they prove. */
import type { AlertRuleName } from '../../shared/telemetry/alerts/alertRules.ts';

export interface Proof {
  readonly rule: AlertRuleName;
  /** What the alert must be about, where the rule is split. */
  readonly group?: Readonly<Record<string, string>>;
}

/** One fault, and the rules that must fire under it. */
export interface Scenario<Ground> {
  readonly proves: readonly Proof[];
  /** Brings the fault about, and the work that meets it. */
  readonly inject: (ground: Ground) => Promise<void>;
  /** Ends the fault, and waits for what it left where that would blur what comes after. */
  readonly clear: (ground: Ground) => Promise<void>;
}

/** Scenarios that may follow each other in one world. */
export interface Stage<Ground> {
  readonly name: string;
  /** What goes on without any fault: done at first, and after each scenario. */
  readonly work: (ground: Ground) => Promise<void>;
  readonly scenarios: readonly Scenario<Ground>[];
}
