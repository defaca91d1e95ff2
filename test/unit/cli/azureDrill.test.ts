import { describe, expect, it } from 'vitest';
import { arrived } from '../../../cli/drill/azure/arrival.ts';
import type { Query, QueryAnswer } from '../../../cli/drill/azure/logsQuery.ts';
import { proveInAzure, type ToldStage } from '../../../cli/drill/azure/proveInAzure.ts';
import { type Answer, relayTo } from '../../../cli/drill/azure/relay.ts';

const at = (second: number) => Date.UTC(2026, 10, 26, 12, 0, second);
const control = { fromMs: at(0), untilMs: at(9) };
const fault = { fromMs: at(10), untilMs: at(19) };
const after = { fromMs: at(20), untilMs: at(29) };
const roleInstance = 'drill-1-photos';
const counts = { customEvents: 2, customMetrics: 3, availabilityResults: 0 };
const told = { roleInstance, counts, whole: { fromMs: at(0), untilMs: at(29) } };

const row = {
  rule: 'calls-paused',
  fault: 'an operator pauses all calls',
  fired: true,
  cleared: true,
  secondsToFire: 1,
  seen: null,
  problem: null,
  windows: { fault, after },
};
const stage: ToldStage = {
  drilled: { rules: [row], noisy: [], control },
  proofs: [{ rule: 'calls-paused', group: { model: 'parts' } }],
  told,
};

const rowsOf = (...rows: QueryAnswer['rows']): QueryAnswer => ({ rows, problem: null });
const allThere = rowsOf(
  ...Object.entries(counts).map(([tableName, rowCount]) => ({ tableName, rowCount })),
);
const isArrival = (text: string) => text.startsWith('union');
const isIn = (text: string, { fromMs }: typeof fault) =>
  text.includes(`datetime(${new Date(fromMs).toISOString()})`);
const paused = rowsOf({ model: 'parts', toldCount: 1 });

/** Time passes by waiting for it. */
function patienceOf(seconds: number) {
  let nowMs = at(30);
  const pause = async (durationMs: number) => void (nowMs += durationMs);
  return { nowMs: () => nowMs, pause, deadlineMs: at(30) + seconds * 1_000 };
}

async function judged(answer: (text: string) => QueryAnswer, stages = [stage]) {
  const query: Query = async (text) => (isArrival(text) ? allThere : answer(text));
  const { rules, noisy } = await proveInAzure(stages, query, patienceOf(0));
  return { ...rules[0], noisy };
}

const isPausedQuery = (text: string) => text.includes("'quota.paused'");

describe('a rule that Azure judges', () => {
  it('has fired under its fault and cleared after it, where the rows say so', async () => {
    const answer = (text: string) => (isPausedQuery(text) && isIn(text, fault) ? paused : rowsOf());

    expect(await judged(answer)).toMatchObject({
      fired: true,
      cleared: true,
      noisy: [],
      secondsToFire: 1,
      problem: null,
    });
  });

  it('has not fired about something else, and the difference is told', async () => {
    const other = rowsOf({ model: 'another', toldCount: 1 });

    expect(await judged((text) => (isIn(text, fault) ? other : rowsOf()))).toMatchObject({
      fired: false,
      cleared: false,
      problem: 'the same rows fired and cleared by the evaluation here',
    });
  });

  it('has not cleared where it fires in the window after the fault', async () => {
    const answer = (text: string) =>
      isPausedQuery(text) && !isIn(text, control) ? paused : rowsOf();

    expect(await judged(answer)).toMatchObject({ fired: true, cleared: false });
  });

  it('was not quiet where it fires in the window before any fault', async () => {
    expect(await judged((text) => (isPausedQuery(text) ? paused : rowsOf()))).toMatchObject({
      noisy: ['calls-paused'],
    });
  });

  it('is not judged where nothing could be sent, or the query is refused', async () => {
    const unsent = { ...stage, told: { problem: 'ingestion answers 401' } };
    const refused = { rows: [], problem: 'SemanticError: no such column' };

    expect(await judged(() => rowsOf(), [unsent])).toMatchObject({
      fired: false,
      problem: 'ingestion answers 401',
    });
    expect(await judged(() => refused)).toMatchObject({
      fired: false,
      cleared: false,
      problem: expect.stringContaining('SemanticError'),
    });
  });
});

describe('ingestion', () => {
  it('is waited for until each table has what was sent', async () => {
    const seen = [1, 2, 3].map((customMetrics) =>
      rowsOf(
        { tableName: 'customEvents', rowCount: 2 },
        { tableName: 'customMetrics', rowCount: customMetrics },
      ),
    );
    const patience = patienceOf(600);

    const missing = await arrived(told, async () => seen.shift() ?? rowsOf(), patience);

    expect(missing).toBeNull();
    expect(patience.nowMs()).toBe(at(60));
  });

  it('is given up after a while, with what is missing', async () => {
    const partly = async () => rowsOf({ tableName: 'customEvents', rowCount: 2 });

    expect(await arrived(told, partly, patienceOf(60))).toBe('arrived: 0 of 3 customMetrics');
  });
});

describe('what a world told', () => {
  const connectionString = 'InstrumentationKey=theirs;IngestionEndpoint=https://here.example/;x=y';
  const envelope = (baseType: string, baseData: object) =>
    JSON.stringify({
      name: 'n',
      time: '2026-11-26T12:00:00Z',
      iKey: 'ours',
      data: { baseType, baseData },
    });
  const texts = [
    envelope('EventData', { name: 'photo.settled' }),
    envelope('MetricData', { metrics: [{ name: 'sightglass.cost', value: 1 }] }),
    envelope('RemoteDependencyData', { name: 'GET' }),
  ];

  function relayed(...answers: Partial<Answer>[]) {
    const sent: { url: string; items: { iKey: string }[]; headers: object }[] = [];
    const waitedMs: number[] = [];
    const relay = relayTo({
      connectionString,
      token: async () => 'a-token',
      pause: async (durationMs) => void waitedMs.push(durationMs),
      async post(url, body, headers) {
        sent.push({ url, items: JSON.parse(body), headers });
        return { status: 200, text: '', retryAfterSeconds: undefined, ...answers.shift() };
      },
    });
    return { relay, sent, waitedMs };
  }

  it('is sent on under the key of the component, as far as rules look at it', async () => {
    const { relay, sent } = relayed();

    expect(await relay(texts)).toEqual({
      customEvents: 1,
      customMetrics: 1,
      availabilityResults: 0,
    });
    expect(sent).toMatchObject([
      {
        url: 'https://here.example/v2.1/track',
        items: [{ iKey: 'theirs' }, { iKey: 'theirs' }],
        headers: { authorization: 'Bearer a-token' },
      },
    ]);
  });

  it('is sent again where ingestion is busy, only what it did not take', async () => {
    const partly = JSON.stringify({ errors: [{ index: 1, statusCode: 503 }] });
    const { relay, sent, waitedMs } = relayed(
      { status: 429, retryAfterSeconds: 7 },
      { status: 206, text: partly },
    );

    await relay(texts);

    expect(sent.map(({ items }) => items.length)).toEqual([2, 2, 1]);
    expect(waitedMs).toEqual([7_000, 5_000]);
  });

  it('is told not to be sent where it is refused for good, or for too long', async () => {
    const busy = Array.from({ length: 9 }, () => ({ status: 503 }));
    const poor = JSON.stringify({ errors: [{ index: 0, statusCode: 400 }] });

    await expect(relayed({ status: 403 }).relay(texts)).rejects.toThrow('answers 403');
    await expect(relayed(...busy).relay(texts)).rejects.toThrow('answers 503');
    await expect(relayed({ status: 206, text: poor }).relay(texts)).rejects.toThrow('with 400');
  });
});
