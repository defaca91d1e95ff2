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

it('reports every wrong setting at once, by name', () => {
  const wrong = {
    ...sample,
    PREDICTION_ENDPOINT: 'nowhere',
    PREDICTION_PROJECT_ID: 'parts',
    PREDICTION_STORE_PHOTOS: 'maybe',
    MAX_PHOTOS_IN_FLIGHT: 'many',
    EventHubs: '',
    PREDICTION_PUBLISHED_NAME: undefined,
  };

  const read = () => readSettings(wrong);

  expect(read).toThrow(/^SETTINGS_INVALID/);
  expect(read).toThrow(/PREDICTION_ENDPOINT.*PREDICTION_PROJECT_ID.*PREDICTION_PUBLISHED_NAME/);
  expect(read).toThrow(/PREDICTION_STORE_PHOTOS.*MAX_PHOTOS_IN_FLIGHT.*EventHubs: is missing/);
});

const wrongWords = (change: Record<string, string>): string => {
  try {
    readSettings({ ...sample, ...change });
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
};

it.each([
  ['QUOTA_CALLS_PER_SECOND', 'abc', 'is no number from 0 to 10000 (given: "abc")'],
  ['QUOTA_CALLS_PER_SECOND', '-1', 'is no number from 0 to 10000 (given: "-1")'],
  ['QUOTA_MONTHLY_CALLS', '1.5', 'is no whole number from 1 (given: "1.5")'],
  ['MAX_PHOTOS_IN_FLIGHT', '-0.5', 'is no whole number from 1 to 64 (given: "-0.5")'],
  ['OTEL_BLRP_SCHEDULE_DELAY', '0', 'is no whole number from 1 (given: "0")'],
  ['TELEMETRY_TRACE_RATIO', '10 %', 'is no number from 0 to 1 (given: "10 %")'],
  ['QUOTA_TIER', 's0', 'is not S0 or F0 (given: "s0")'],
  ['PREDICTION_STORE_PHOTOS', 'ja', 'is not true or false (given: "ja")'],
  ['PREDICTION_PROJECT_ID', 'parts', 'is not a project id (GUID) (given: "parts")'],
  ['PROBE_PHOTO', 'a.jpg', 'is not like golden/part.jpg (given: "a.jpg")'],
  ['QUOTA_PAUSED', 'x'.repeat(201), 'is longer than 200 characters (given: 201 characters)'],
  [
    'PREDICTION_ENDPOINT',
    'acme.example',
    'is not an http(s) address like https://NAME.… (given: "acme.example")',
  ],
  [
    'EventHubs__fullyQualifiedNamespace',
    'sb://acme/',
    'is not like NAME.servicebus.windows.net (given: "sb://acme/")',
  ],
])('says of %s=%s, once, what is expected and what is given', (name, given, said) => {
  expect(wrongWords({ [name]: given })).toBe(`SETTINGS_INVALID: ${name}: ${said}`);
});

it('never says what is in a connection, nor what may be a key in the wrong place', () => {
  const key = '0123456789abcdef0123456789abcdef';
  const places = ['PREDICTION_PROJECT_ID', 'PREDICTION_ENDPOINT', 'QUOTA_TIER', 'PROBE_PHOTO'];
  const connections = ['AzureWebJobsStorage', 'PhotosStorage', 'ResultsStorage', 'EventHubs'];

  const said = wrongWords({
    ...Object.fromEntries(places.map((name) => [name, key])),
    ...Object.fromEntries(connections.map((name) => [name, 'short-key'])),
    APPLICATIONINSIGHTS_CONNECTION_STRING: 'short-key',
  });

  for (const name of [...places, ...connections]) expect(said).toContain(`${name}: is not`);
  expect(said).toContain('(given: 32 characters)');
  expect(said).toContain('AzureWebJobsStorage: is not a connection string;');
  expect(said).not.toMatch(/short-key|0123456789/);
});

it('says what is given in its message only: anybody may ask for the problems', () => {
  expect(() => readSettings({ ...sample, QUOTA_TIER: 'hunter2' })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('hunter2'),
      details: { problems: ['QUOTA_TIER: is not S0 or F0'] },
    }),
  );
});

it('has words of its own for every setting that can be wrong', () => {
  const said = settingNames.map((name) => wrongWords({ [name]: '?' }));

  expect(said.filter((words) => /Invalid|expected|Too/.test(words))).toEqual([]);
  expect(said.filter((words) => words !== '').length).toBeGreaterThan(35);
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
