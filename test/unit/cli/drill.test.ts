import { describe, expect, it } from 'vitest';
import { type DrillGround, runStage } from '../../../cli/drill/runStage.ts';
import type { Proof } from '../../../cli/drill/scenario.ts';
import { stages } from '../../../cli/drill/stages.ts';
import { alertRules } from '../../../shared/telemetry/alerts/alertRules.ts';
import type { SignalRow } from '../../../shared/telemetry/alerts/evaluate.ts';

/** A world where time passes by being looked at, and events arrive as scripted. */
function scriptedGround() {
  const received: (SignalRow & { readonly atMs: number })[] = [];
  let nowMs = 1_000;
  const ground = {
    received,
    tell(name: string, customDimensions: Record<string, string> = { model: 'parts' }) {
      nowMs += 1_000;
      received.push({ name, customDimensions, atMs: nowMs });
    },
    /** The one thing that must arrive for silence to be none. */
    async settle() {
      nowMs += 1_000;
    },
    nowMs: () => nowMs,
    rowsSince: (sinceMs: number) => (table: string) => {
      if (table === 'customEvents') return received.filter(({ atMs }) => atMs >= sinceMs);
      return table === 'customMetrics' ? [reading] : [];
    },
    async cameTrue(condition: () => boolean) {
      return condition();
    },
  } satisfies DrillGround & Record<string, unknown>;
  return ground;
}

const reading: SignalRow = {
  name: 'sightglass.parked.messages',
  customDimensions: {},
  valueSum: 0,
  valueMin: 0,
  valueMax: 0,
};

type Scripted = ReturnType<typeof scriptedGround>;

interface Script {
  readonly proves?: readonly Proof[];
  readonly work?: (ground: Scripted) => void;
  readonly inject?: (ground: Scripted) => void;
  readonly afterwards?: (ground: Scripted) => void;
}

const pausedProof: Proof = { rule: 'calls-paused', group: { model: 'parts' } };

async function drilled({ proves = [pausedProof], work, inject, afterwards }: Script) {
  let isOver = false;
  const scenario = {
    proves,
    inject: async (ground: Scripted) => inject?.(ground),
    clear: async () => {
      isOver = true;
    },
  };
  const stage = {
    name: 'scripted',
    work: async (ground: Scripted) => (isOver ? afterwards?.(ground) : work?.(ground)),
    scenarios: [scenario],
  };
  const { rules, noisy } = await runStage(stage, scriptedGround(), () => {}, never);
  return { ...rules[0], noisy };
}

const never = new AbortController().signal;

const pause = (ground: Scripted) => ground.tell('quota.paused');

describe('a drilled rule', () => {
  it('has fired under its fault, cleared after it, and was quiet before', async () => {
    expect(await drilled({ inject: pause })).toEqual({
      rule: 'calls-paused',
      fault: 'an operator pauses all calls',
      fired: true,
      cleared: true,
      noisy: [],
      secondsToFire: 1,
      seen: { group: { model: 'parts' }, numbers: { toldCount: 1 } },
      problem: null,
      windows: {
        fault: { fromMs: 4_000, untilMs: 5_000 },
        after: { fromMs: 6_000, untilMs: 7_000 },
      },
    });
  });

  it('has not fired where nothing arrived, and then has not cleared either', async () => {
    expect(await drilled({})).toMatchObject({
      fired: false,
      cleared: false,
      noisy: [],
      secondsToFire: null,
      seen: null,
    });
  });

  it('has not fired where its number is there and below the threshold', async () => {
    expect(await drilled({ proves: [{ rule: 'photos-rejected' }] })).toMatchObject({
      fired: false,
      seen: null,
    });
  });

  it('has not fired where it fired about something else', async () => {
    const inject = (ground: Scripted) => ground.tell('quota.paused', { model: 'another' });

    expect(await drilled({ inject })).toMatchObject({ fired: false });
  });

  it('has not cleared where it fires on after the fault', async () => {
    expect(await drilled({ inject: pause, afterwards: pause })).toMatchObject({
      fired: true,
      cleared: false,
    });
  });

  it('was not quiet where it fired without a fault, and that alone does not make it fire', async () => {
    expect(await drilled({ work: pause })).toMatchObject({
      fired: false,
      noisy: ['calls-paused'],
    });
  });

  it('tells why it could not be drilled, and its fault is ended all the same', async () => {
    const done: string[] = [];
    const scenario = {
      proves: [pausedProof],
      inject: () => Promise.reject(new Error('the world is gone')),
      clear: async () => void done.push('cleared'),
    };
    const stage = { name: 'scripted', work: async () => {}, scenarios: [scenario] };

    const { rules } = await runStage(stage, scriptedGround(), () => {}, never);

    expect(rules).toMatchObject([{ fired: false, problem: 'the world is gone' }]);
    expect(done).toEqual(['cleared']);
  });
});

describe('a drill that is interrupted', () => {
  it('leaves what is under way at once, begins nothing else, and says so of each rule', async () => {
    const interrupting = new AbortController();
    const begun: string[] = [];
    const scenario = (name: string) => ({
      proves: [pausedProof],
      async inject() {
        begun.push(name);
        interrupting.abort();
        await new Promise(() => {});
      },
      clear: async () => {},
    });
    const scenarios = [scenario('first'), scenario('second')];
    const stage = { name: 'scripted', work: async () => {}, scenarios };

    const { rules } = await runStage(stage, scriptedGround(), () => {}, interrupting.signal);

    expect(begun).toEqual(['first']);
    expect(rules).toMatchObject([{ problem: 'interrupted' }, { problem: 'interrupted' }]);
  });
});

describe('the drill', () => {
  it('proves every rule exactly once', () => {
    const proved = stages.flatMap(({ scenarios }) =>
      scenarios.flatMap(({ proves }) => proves.map(({ rule }) => rule)),
    );

    expect(proved.toSorted()).toEqual(alertRules.map(({ name }) => name).toSorted());
  });

  it('says for every split rule what it has to be about', () => {
    const proofs = stages.flatMap(({ scenarios }) => scenarios.flatMap(({ proves }) => proves));
    for (const { name, by } of alertRules) {
      const proof = proofs.find(({ rule }) => rule === name);
      expect([name, Object.keys(proof?.group ?? {})]).toEqual([name, [...by]]);
    }
  });
});
