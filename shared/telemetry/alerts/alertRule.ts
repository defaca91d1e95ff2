/** The form of an alert rule, and its words. */
import type { DimensionName } from '../catalogue/attributes.ts';
import type { Signal } from './signal.ts';

/** 0 wakes people up, 1 is for today, 2 for this week; nothing here is only for information. */
export type Severity = 0 | 1 | 2;

export type Operator = '>' | '>=' | '<' | '==';

export interface Condition {
  readonly signal: Signal;
  readonly operator: Operator;
  /** In the unit that the signal's name carries. */
  readonly threshold: number;
}

export interface AlertRule {
  /** Also the name of the resource in Azure: never renamed. */
  readonly name: string;
  /** What an operator would ask; yes is bad. */
  readonly question: string;
  readonly severity: Severity;
  /** How far back it looks. */
  readonly windowMinutes: number;
  readonly everyMinutes: number;
  /** One alert for each value; only the first condition is split, the others are seen as a whole. */
  readonly by: readonly DimensionName[];
  /** All must hold. */
  readonly conditions: readonly [Condition, ...Condition[]];
  /** What it means that nothing arrived in the window. */
  readonly whenNothingArrives: 'quiet' | 'fires';
  /** Heading in docs/runbook.md. */
  readonly section: string;
  /** How the drill brings it about in the local world. */
  readonly fault: string;
}
