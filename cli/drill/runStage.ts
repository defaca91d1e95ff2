/**
 * Drills one world: first without any fault, where every rule has to be quiet; then each fault until
 * its rules fire, and without it until they are quiet again. A rule is asked about what has arrived
 * since the fault began, or ended: the same definition that its query is made from.
 */
import { messageOf } from '../../shared/errors.ts';
import type { AlertRule } from '../../shared/telemetry/alerts/alertRule.ts';
import { alertRules } from '../../shared/telemetry/alerts/alertRules.ts';
import { evaluate, type Finding, type RowsOf } from '../../shared/telemetry/alerts/evaluate.ts';
import type { Proof, Scenario, Stage } from './scenario.ts';

/** As much of the ground as drilling itself needs. */
export interface DrillGround {
  nowMs(): number;
  rowsSince(sinceMs: number): RowsOf;
  /** Waits until everything told so far has arrived. */
  settle(): Promise<void>;
  /** @returns whether the condition came to hold before patience ended. */
  cameTrue(condition: () => boolean): Promise<boolean>;
}

/** From one moment to another, both within. */
export interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface DrilledRule {
  readonly rule: string;
  readonly fault: string;
  readonly fired: boolean;
  readonly cleared: boolean;
  /** From the moment the fault began; `null` where it did not fire. */
  readonly secondsToFire: number | null;
  /** What it fired about, with the numbers that made it. */
  readonly seen: Pick<Finding, 'group' | 'numbers'> | null;
  /** What kept the drill from its end, if anything. */
  readonly problem: string | null;
  /** When the fault was there, and when it was over; absent where it was not drilled. */
  readonly windows?: { readonly fault: Window; readonly after: Window };
}

export interface DrilledStage {
  readonly rules: readonly DrilledRule[];
  /** Rules that fired in the run without faults. */
  readonly noisy: readonly string[];
  /** Of that run; absent where there was none. */
  readonly control?: Window;
}

/** What is told of rules whose turn did not come. */
export const interruption = new Error('interrupted');

/** @param interrupted - aborted: what is under way is left as it is, and nothing else begins. */
export async function runStage<Ground extends DrillGround>(
  stage: Stage<Ground>,
  ground: Ground,
  say: (text: string) => void,
  interrupted: AbortSignal,
): Promise<DrilledStage> {
  const { noisy, control } = await orLeave(interrupted, () => workCleanly(stage, ground));
  say(`${stage.name}: without faults ${noisy.join(', ') || 'all is quiet'}`);
  const rules: DrilledRule[] = [];
  for (const scenario of stage.scenarios) {
    const running = orLeave(interrupted, () => runScenario(scenario, stage.work, ground));
    const rows = await running.catch((error: unknown) => notDrilled(scenario, error));
    for (const row of rows) say(`${stage.name}: ${row.rule}: ${verdict(row)}`);
    rules.push(...rows);
  }
  return { rules, noisy, control };
}

async function workCleanly<Ground extends DrillGround>({ work }: Stage<Ground>, ground: Ground) {
  // The first of everything is slow: what a fresh world takes says nothing about its rules.
  await work(ground);
  await ground.settle();
  const sinceMs = ground.nowMs();
  await work(ground);
  await ground.settle();
  const noisy = firingNames(ground.rowsSince(sinceMs));
  return { noisy, control: { fromMs: sinceMs, untilMs: ground.nowMs() } };
}

/** @throws Error `interruption`, at once: the world goes away with all that is done in it. */
async function orLeave<Result>(
  interrupted: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  if (interrupted.aborted) throw interruption;
  const { promise: leaving, reject } = Promise.withResolvers<never>();
  const leave = () => reject(interruption);
  interrupted.addEventListener('abort', leave);
  try {
    return await Promise.race([work(), leaving]);
  } finally {
    interrupted.removeEventListener('abort', leave);
  }
}

async function runScenario<Ground extends DrillGround>(
  scenario: Scenario<Ground>,
  work: Stage<Ground>['work'],
  ground: Ground,
): Promise<DrilledRule[]> {
  await ground.settle();
  const faultAtMs = ground.nowMs();
  await injected(scenario, ground);
  const fired = [];
  for (const proof of scenario.proves) {
    const finding = () => firingOf(proof, ground.rowsSince(faultAtMs));
    const hasFired = await ground.cameTrue(() => finding() !== undefined);
    const secondsToFire = hasFired ? (ground.nowMs() - faultAtMs) / 1_000 : null;
    fired.push({ proof, hasFired, secondsToFire, found: finding() });
  }
  const fault = { fromMs: faultAtMs, untilMs: ground.nowMs() };
  await scenario.clear(ground);
  await ground.settle();
  const clearedAtMs = ground.nowMs();
  await work(ground);
  await ground.settle();
  const firing = firingNames(ground.rowsSince(clearedAtMs));
  const after = { fromMs: clearedAtMs, untilMs: ground.nowMs() };
  return fired.map(({ proof, hasFired, secondsToFire, found }) => ({
    ...rowOf(proof),
    fired: hasFired,
    cleared: hasFired && !firing.includes(proof.rule),
    secondsToFire,
    seen: found ? { group: found.group, numbers: found.numbers } : null,
    windows: { fault, after },
  }));
}

/** A fault that came about by half is ended all the same: others follow in this world. */
async function injected<Ground>({ inject, clear }: Scenario<Ground>, ground: Ground) {
  try {
    await inject(ground);
  } catch (error) {
    await Promise.allSettled([clear(ground)]);
    throw error;
  }
}

export function notDrilled(
  { proves }: Pick<Scenario<never>, 'proves'>,
  error: unknown,
): DrilledRule[] {
  const problem = messageOf(error);
  return proves.map((proof) => ({ ...rowOf(proof), problem }));
}

function rowOf({ rule }: Proof): DrilledRule {
  const result = { fired: false, cleared: false, secondsToFire: null };
  return { rule, fault: ruleNamed(rule).fault, ...result, seen: null, problem: null };
}

function firingNames(rowsOf: RowsOf): string[] {
  return alertRules
    .filter((rule) => evaluate(rule, rowsOf).some(({ isFiring }) => isFiring))
    .map(({ name }) => name);
}

function firingOf({ rule, group = {} }: Proof, rowsOf: RowsOf): Finding | undefined {
  return evaluate(ruleNamed(rule), rowsOf).find(
    (finding) =>
      finding.isFiring &&
      Object.entries(group).every(([name, value]) => finding.group[name] === value),
  );
}

function ruleNamed(name: string): AlertRule {
  const found = alertRules.find((rule) => rule.name === name);
  if (found) return found;
  throw new Error(`there is no alert rule ${name}`);
}

function verdict({ fired, cleared, secondsToFire, problem }: DrilledRule): string {
  if (problem !== null) return `not drilled: ${problem}`;
  if (!fired) return 'did not fire';
  const after = `fired after ${secondsToFire?.toFixed(1)} s`;
  return cleared ? `${after} and cleared` : `${after} and did not clear`;
}
