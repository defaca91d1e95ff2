import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { grantedQuota, readSettings, settingNames } from '../../shared/settings.ts';

const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')).Values;

it('reads the sample settings', () => {
  expect(readSettings(sample)).toMatchObject({
    PREDICTION_STORE_PHOTOS: false,
    PREDICTION_TAGS: [],
    APPROVED_CONTAINERS: ['photos', 'line-photos'],
    REVIEW_BELOW_CONFIDENCE: 0.7,
  });
});

it('takes blank for unset: a blank threshold is the default, not zero', () => {
  const settings = readSettings({ ...sample, REVIEW_BELOW_CONFIDENCE: ' ', PREDICTION_KEY: '' });

  expect(settings.REVIEW_BELOW_CONFIDENCE).toBe(0.7);
  expect(settings.PREDICTION_KEY).toBeUndefined();
});

it('reports every wrong setting at once, by name and never by value', () => {
  const wrong = {
    ...sample,
    PREDICTION_ENDPOINT: 'secret-endpoint',
    PREDICTION_PROJECT_ID: 'secret-project',
    PREDICTION_STORE_PHOTOS: 'secret-maybe',
    MAX_PHOTOS_IN_FLIGHT: 'secret-many',
    EventHubs: '',
    PREDICTION_PUBLISHED_NAME: undefined,
  };

  const read = () => readSettings(wrong);

  expect(read).toThrow(/^SETTINGS_INVALID/);
  expect(read).toThrow(/PREDICTION_ENDPOINT.*PREDICTION_PROJECT_ID.*PREDICTION_PUBLISHED_NAME/);
  expect(read).toThrow(/PREDICTION_STORE_PHOTOS.*MAX_PHOTOS_IN_FLIGHT.*EventHubs: is missing/);
  expect(read).not.toThrow(/secret/);
});

it.each([
  [{ PREDICTION_KEY: '' }, 'PREDICTION_SECOND_KEY: is set without PREDICTION_KEY'],
  [{ PREDICTION_KEY: 'two-words-long' }, 'PREDICTION_SECOND_KEY: is the same as PREDICTION_KEY'],
])('takes a second key only beside another first one: %j', (first, problem) => {
  const second = { ...sample, PREDICTION_SECOND_KEY: 'two-words-long' };

  expect(readSettings(second).PREDICTION_SECOND_KEY).toBe('two-words-long');
  expect(() => readSettings({ ...second, ...first })).toThrow(`SETTINGS_INVALID: ${problem}`);
});

it('accepts identities in place of connection strings', () => {
  const { PhotosStorage: _p, ResultsStorage: _r, EventHubs: _e, ...rest } = sample;
  const identities = {
    PhotosStorage__blobServiceUri: 'https://p.blob.core.windows.net',
    ResultsStorage__blobServiceUri: 'https://r.blob.core.windows.net',
    ResultsStorage__queueServiceUri: 'https://r.queue.core.windows.net',
    EventHubs__fullyQualifiedNamespace: 'n.servicebus.windows.net',
  };

  expect(() => readSettings({ ...rest, ...identities })).not.toThrow();
});

describe('the quota', () => {
  const of = (change: object) =>
    grantedQuota(readSettings({ ...sample, QUOTA_CALLS_PER_SECOND: '', ...change }));

  it.each([
    [{}, { callsPerSecond: 20, monthlyCallCount: undefined }],
    [{ PREDICTION_STORE_PHOTOS: 'true' }, { callsPerSecond: 10, monthlyCallCount: undefined }],
    [{ QUOTA_TIER: 'F0' }, { callsPerSecond: 2, monthlyCallCount: 10_000 }],
    [
      { QUOTA_CALLS_PER_SECOND: '3.5', QUOTA_MONTHLY_CALLS: '7' },
      { callsPerSecond: 3.5, monthlyCallCount: 7 },
    ],
    [{ PREDICTION_BACKEND: 'exportedModel' }, undefined],
    [{ QUOTA_CALLS_PER_SECOND: '0' }, undefined],
  ])('with %j is %j', (change, granted) => {
    expect(of(change)).toEqual(granted);
  });

  it('keeps the weights of lanes that are not named, and refuses lanes there are not', () => {
    const weights = (text: string) =>
      readSettings({ ...sample, QUOTA_LANE_WEIGHTS: text }).QUOTA_LANE_WEIGHTS;

    expect(weights('live=3, shadow = 2')).toMatchObject({ live: 3, line: 8, shadow: 2 });
    expect(() => weights('lorry=3')).toThrow(/QUOTA_LANE_WEIGHTS: is not like/);
    expect(() => weights('live=0')).toThrow(/QUOTA_LANE_WEIGHTS/);
    expect(() => weights('live')).toThrow(/QUOTA_LANE_WEIGHTS/);
  });
});

describe('the settings page', () => {
  const page = readFileSync('docs/settings.md', 'utf8');

  it('explains every setting of the app and of the sample', () => {
    const explained = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);

    for (const name of [...settingNames, ...Object.keys(sample)]) expect(explained).toContain(name);
  });

  it('explains every value of host.json', () => {
    for (const path of leafPaths(JSON.parse(readFileSync('host.json', 'utf8')))) {
      expect(page).toMatch(new RegExp(`^\\| \`${path}\` +\\|`, 'm'));
    }
  });
});

function leafPaths(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return [path.join('.')];
  return Object.entries(value).flatMap(([key, inner]) => leafPaths(inner, [...path, key]));
}
