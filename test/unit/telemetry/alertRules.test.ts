import { describe, expect, it } from 'vitest';
import type { AlertRule } from '../../../shared/telemetry/alerts/alertRule.ts';
import { type AlertRuleName, alertRules } from '../../../shared/telemetry/alerts/alertRules.ts';
import {
  evaluate,
  isFiring,
  type RowsOf,
  type SignalRow,
} from '../../../shared/telemetry/alerts/evaluate.ts';
import { alertQuery } from '../../../shared/telemetry/alerts/query.ts';

const noRows: RowsOf = () => [];

function rule(name: AlertRuleName): AlertRule {
  const found = alertRules.find((one) => one.name === name);
  if (found) return found;
  throw new Error(`no rule ${name}`);
}

function received(rows: Partial<Record<Parameters<RowsOf>[0], readonly SignalRow[]>>): RowsOf {
  return (table) => rows[table] ?? [];
}

function settled(count: number, predictMs: number, outcome = 'predicted', model = 'parts') {
  const row = { name: 'photo.settled', customDimensions: { outcome, model, lane: 'live' } };
  return Array.from({ length: count }, () => ({ ...row, customMeasurements: { predictMs } }));
}

function metric(name: string, value: number, customDimensions = {}): SignalRow {
  return { name, customDimensions, valueSum: value, valueMin: value, valueMax: value };
}

describe('the alert rules', () => {
  it('have names of their own and ask questions', () => {
    const names = alertRules.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
    expect(alertRules.filter(({ question }) => !question.endsWith('?'))).toEqual([]);
  });

  it('say what it means that nothing arrived', () => {
    for (const one of alertRules) {
      expect([one.name, isFiring(one, noRows)]).toEqual([
        one.name,
        one.whenNothingArrives === 'fires',
      ]);
    }
  });

  // Source: "Create or edit a log search alert rule", Azure Monitor documentation, 2026-11-25.
  it('look as far back and as often as Azure allows, and never miss a minute', () => {
    const allowed = [5, 10, 15, 30, 45, 60, 120, 180, 240, 300, 360, 1_440];
    for (const { name, windowMinutes, everyMinutes } of alertRules) {
      expect(allowed, name).toContain(windowMinutes);
      expect(allowed, name).toContain(everyMinutes);
      expect(everyMinutes, name).toBeLessThanOrEqual(windowMinutes);
    }
  });

  it('split by two dimensions at most', () => {
    expect(alertRules.filter(({ by }) => by.length > 2)).toEqual([]);
  });
});

describe('a rule on rows', () => {
  it('fires for the model whose calls are slow, and not for the other', () => {
    const rows = [
      ...settled(5, 100, 'predicted', 'parts'),
      ...settled(5, 4_000, 'predicted', 'next'),
    ];

    const findings = evaluate(rule('endpoint-slow'), received({ customEvents: rows }));

    expect(findings).toEqual([
      {
        group: { model: 'parts' },
        numbers: { predictP95Ms: 100, predictedCount: 5 },
        isFiring: false,
      },
      {
        group: { model: 'next' },
        numbers: { predictP95Ms: 4_000, predictedCount: 5 },
        isFiring: true,
      },
    ]);
  });

  it('does not judge by a handful, or by the rare slow one', () => {
    const few = received({ customEvents: settled(4, 9_000) });
    const rare = received({ customEvents: [...settled(95, 100), ...settled(5, 9_000)] });

    expect(isFiring(rule('endpoint-slow'), few)).toBe(false);
    expect(isFiring(rule('endpoint-slow'), rare)).toBe(false);
  });

  it('counts photos that are no predictions for nothing where only those are meant', () => {
    const rows = received({ customEvents: settled(50, 9_000, 'rejected') });

    expect(isFiring(rule('endpoint-slow'), rows)).toBe(false);
    expect(isFiring(rule('photos-rejected'), rows)).toBe(true);
  });

  it('takes the share of what was counted, not of rows', () => {
    const calls = 'sightglass.prediction.calls';
    const rows = (throttledCount: number) =>
      received({
        customMetrics: [
          metric(calls, 90, { answer: 'predicted', model: 'parts' }),
          metric(calls, throttledCount, { answer: 'throttled', model: 'parts' }),
        ],
      });

    expect(isFiring(rule('calls-throttled'), rows(10))).toBe(false);
    expect(isFiring(rule('calls-throttled'), rows(11))).toBe(true);
  });

  it('calls it a stall only where work is overdue and nothing was settled', () => {
    const overdue = [metric('sightglass.parked.overdue', 601)];

    expect(isFiring(rule('photos-stall'), received({ customMetrics: overdue }))).toBe(true);
    expect(
      isFiring(
        rule('photos-stall'),
        received({ customMetrics: overdue, customEvents: settled(1, 100) }),
      ),
    ).toBe(false);
  });

  it('is behind only where a reader was behind all the time', () => {
    const lag = 'sightglass.events.lag';
    const partition = { hub: 'captures', partition: '1' };
    const catchingUp = [metric(lag, 5_000, partition), metric(lag, 20, partition)];

    expect(isFiring(rule('readers-behind'), received({ customMetrics: catchingUp }))).toBe(false);
    expect(
      isFiring(rule('readers-behind'), received({ customMetrics: [metric(lag, 501, partition)] })),
    ).toBe(true);
  });

  it.each([
    [false, true],
    ['False', true],
    ['0', true],
    [true, false],
    ['True', false],
    ['1', false],
  ])('reads a probe whose success is %s', (success, fires) => {
    const probe = { name: 'prediction endpoint', customDimensions: {}, success };
    const rows = received({ availabilityResults: [probe, probe] });

    expect(isFiring(rule('endpoint-unavailable'), rows)).toBe(fires);
  });

  it('is silence where other things still arrive but no reading', () => {
    const rows = received({ customEvents: settled(3, 100) });

    expect(isFiring(rule('telemetry-silent'), rows)).toBe(true);
    expect(
      isFiring(
        rule('telemetry-silent'),
        received({ customMetrics: [metric('sightglass.parked.messages', 0)] }),
      ),
    ).toBe(false);
  });
});

describe('a rule as a query', () => {
  it('begins with a table and answers only where it fires', () => {
    expect(alertQuery(rule('calls-throttled'))).toBe(
      [
        'customMetrics',
        "| where timestamp > ago(15m) and name == 'sightglass.prediction.calls'",
        "| extend model = tostring(customDimensions['model'])",
        "| summarize throttledRatio = sumif(valueSum, tostring(customDimensions['answer']) in ('throttled')) / sum(valueSum), callCount = sum(valueSum) by model",
        '| where throttledRatio > 0.1 and callCount >= 20',
      ].join('\n'),
    );
  });

  it('brings in rows of another table as a number', () => {
    expect(alertQuery(rule('photos-stall'))).toBe(
      [
        'customMetrics',
        "| where timestamp > ago(15m) and name == 'sightglass.parked.overdue'",
        '| summarize overdueSeconds = max(valueMax)',
        "| extend settledCount = toscalar(customEvents | where timestamp > ago(15m) and name == 'photo.settled' | summarize settledCount = count())",
        '| where overdueSeconds > 600 and settledCount == 0',
      ].join('\n'),
    );
  });

  it('never takes nothing for something small', () => {
    expect(alertQuery(rule('quota-runs-out'))).toContain(
      '| where isfinite(exhaustionInHours) and exhaustionInHours < 72',
    );
  });
});
