/** Which fault meets which call. Pure: the clock is an argument, and shares need no randomness. */
import type { StorageFault, StorageService } from './faults.ts';

export interface StorageCall {
  readonly service: StorageService;
  readonly method: string;
  /** A container or a queue; empty where the call is for the whole account. */
  readonly container: string;
  readonly blobName: string;
}

interface Rule {
  readonly fault: StorageFault;
  readonly untilMs: number;
  leftCount: number;
  /** What its share owes so far: at 1 the next call meets it. */
  owedRatio: number;
}

export type FaultRules = ReturnType<typeof faultRules>;

export function faultRules(nowMs: () => number) {
  let rules: readonly Rule[] = [];
  const isOver = (rule: Rule) => rule.leftCount <= 0 || nowMs() >= rule.untilMs;
  return {
    add(fault: StorageFault): void {
      const { count = Number.POSITIVE_INFINITY, durationMs = Number.POSITIVE_INFINITY } = fault;
      rules = [...rules, { fault, untilMs: nowMs() + durationMs, leftCount: count, owedRatio: 0 }];
    },
    clear(): void {
      rules = [];
    },
    /** What is still in force, with the counts that are left. */
    list(): readonly StorageFault[] {
      rules = rules.filter((rule) => !isOver(rule));
      return rules.map(({ fault, leftCount }) =>
        Number.isFinite(leftCount) ? { ...fault, count: leftCount } : fault,
      );
    },
    /** @returns the first fault that meets this call, used up by one. */
    take(call: StorageCall): StorageFault | undefined {
      if (rules.length === 0) return undefined;
      rules = rules.filter((rule) => !isOver(rule));
      const rule = rules.find((candidate) => isFor(candidate.fault, call) && isDue(candidate));
      if (rule) rule.leftCount -= 1;
      return rule?.fault;
    },
  };
}

function isFor(fault: StorageFault, call: StorageCall): boolean {
  return (
    isSameOrAny(fault.service, call.service) &&
    isSameOrAny(fault.method, call.method) &&
    isSameOrAny(fault.container, call.container) &&
    call.blobName.startsWith(fault.blobPrefix ?? '')
  );
}

function isSameOrAny(wanted: string | undefined, seen: string): boolean {
  return wanted === undefined || wanted === seen;
}

function isDue(rule: Rule): boolean {
  rule.owedRatio += rule.fault.share ?? 1;
  // A tenth added ten times is a little less than one.
  if (rule.owedRatio < 1 - 1e-9) return false;
  rule.owedRatio -= 1;
  return true;
}
