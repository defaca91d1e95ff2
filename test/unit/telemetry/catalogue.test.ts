import { describe, expect, it } from 'vitest';
import { attributes } from '../../../shared/telemetry/catalogue/attributes.ts';
import { events } from '../../../shared/telemetry/catalogue/events.ts';
import { measurements } from '../../../shared/telemetry/catalogue/measurements.ts';
import { metrics, seriesBudgetOf } from '../../../shared/telemetry/catalogue/metrics.ts';
import { spans } from '../../../shared/telemetry/catalogue/spans.ts';
import { dimensionBudget } from '../../../shared/telemetry/dimensionBudget.ts';
import { silent } from '../../../shared/telemetry/silent.ts';

describe('the catalogue of telemetry', () => {
  it('gives every name a meaning', () => {
    const tables = [attributes, events, measurements, metrics, spans];
    const meanings = tables.flatMap((table) => Object.values<{ meaning: string }>(table));

    expect(meanings.length).toBeGreaterThan(60);
    expect(meanings.filter(({ meaning }) => meaning.trim().length < 10)).toEqual([]);
  });

  it('keeps all series of a process within the budget for a fleet', () => {
    const names = Object.keys(metrics) as (keyof typeof metrics)[];
    const total = names.reduce((sum, name) => sum + seriesBudgetOf(name), 0);

    expect(seriesBudgetOf('sightglass.prediction.calls')).toBe(7 * 5 * 5);
    expect(total).toBeLessThanOrEqual(1_500);
  });

  it('never lets a photo, a person or a free batch be a dimension of a metric', () => {
    const dimensions = new Set(Object.values(metrics).flatMap((metric) => [...metric.dimensions]));

    for (const name of ['photo', 'outcomeKey', 'batch', 'device', 'code']) {
      expect([...dimensions]).not.toContain(name);
    }
  });

  it('does not compile a name that is not listed', () => {
    const none = { outcome: undefined, model: undefined, lane: undefined };
    // @ts-expect-error no such metric
    silent.count('sightglass.photos.unlisted', 1, none);
    // @ts-expect-error a reading is not counted
    silent.count('sightglass.quota.headroom', 1, { quotaMode: 'shared' });
    // @ts-expect-error no such value
    silent.count('sightglass.photos.settled', 1, { ...none, outcome: 'lost' });
    // @ts-expect-error no such dimension
    silent.count('sightglass.photos.settled', 1, { ...none, photo: 'photos/a.jpg' });
    // @ts-expect-error no such event
    silent.event('photo.vanished', {}, {});
    // @ts-expect-error no such measurement
    silent.event('breaker.closed', { model: 'parts' }, { secondsOpen: 3 });

    expect(Object.keys(metrics)).not.toContain('sightglass.photos.unlisted');
  });
});

describe('the budget of a dimension', () => {
  it('counts what comes past it as other, and knows again what came before', () => {
    const within = dimensionBudget();
    for (let site = 0; site < 60; site += 1) within({ site: `site-${site}` });

    expect(within({ site: 'site-60' })).toEqual({ site: 'other' });
    expect(within({ site: 'site-7' })).toEqual({ site: 'site-7' });
  });

  it('leaves closed values alone, and leaves out what is absent or no dimension', () => {
    const within = dimensionBudget();

    expect(
      within({ outcome: 'dead', model: undefined, photo: 'photos/a.jpg', nonsense: 'x' }),
    ).toEqual({ outcome: 'dead' });
  });
});
