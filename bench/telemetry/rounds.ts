/** Photos in rounds, each variant in its turn, in an order that changes: what slows one slows all. */
import type { BenchOptions } from '../measure.ts';
import type { AppReply } from './appMessages.ts';
import { type VariantName, type Variants, variantNames } from './variants.ts';

export interface Round {
  /** One photo at a time, as on a line; none where only throughput is looked at. */
  readonly lineMs: readonly number[];
  /** As many at once as an app takes. */
  readonly storm: AppReply;
  /** Processor time since the round before, sending included. */
  readonly cpuMs: number;
}

export interface Seen {
  readonly rounds: Readonly<Record<VariantName, readonly Round[]>>;
  readonly flushes: Readonly<Record<VariantName, AppReply>>;
  /** Photos told of to an endpoint that answers, the warm-up included. */
  readonly photoCount: number;
  /** Of those whose cost is compared. */
  readonly comparedCount: number;
}

export interface RoundPlan {
  readonly roundCount: number;
  /** Rounds before those; their figures are thrown away. */
  readonly warmUpCount: number;
  readonly lineCount: number;
  readonly stormCount: number;
}

const atOnceCount = 8;

export interface BenchStorage {
  /** Makes photos in a folder and names them. */
  upload(folder: string, count: number): Promise<string[]>;
  /** The local storage grows slower with all that lies in it. */
  clear(): Promise<void>;
}

export async function runRounds(
  variants: Variants,
  { roundCount, warmUpCount, lineCount, stormCount }: RoundPlan,
  storage: BenchStorage,
  say: BenchOptions['say'],
): Promise<Seen> {
  const rounds: Record<VariantName, Round[]> = { off: [], on: [], dead: [], hanging: [] };
  const cpuBeforeMs = { off: 0, on: 0, dead: 0, hanging: 0 };
  const work = async (name: VariantName, round: number): Promise<Round> => {
    await storage.clear();
    const ask = async (count: number, atOnce: number) => {
      const blobNames = await storage.upload(`${name}/${round}-${atOnce}`, count);
      return variants[name].ask({ kind: 'photos', blobNames, atOnceCount: atOnce });
    };
    const lineMs = isCompared(name) ? (await ask(lineCount, 1)).photoMs : [];
    const storm = await ask(stormCount, atOnceCount);
    const cpuMs = storm.cpuMs - cpuBeforeMs[name];
    cpuBeforeMs[name] = storm.cpuMs;
    return { lineMs, storm, cpuMs };
  };
  for (let round = 1 - warmUpCount; round <= roundCount; round += 1) {
    // What is thrown out then has to be made again: one round of warming up is left for that.
    if (round === 0) for (const name of variantNames) await variants[name].ask({ kind: 'collect' });
    for (const name of inTurn(round)) {
      const done = await work(name, round);
      if (round > 0) rounds[name].push(done);
    }
    say(`round ${round} of ${roundCount}`);
  }
  const perRoundCount = lineCount + stormCount;
  return {
    rounds,
    flushes: await flushAll(variants),
    photoCount: (roundCount + warmUpCount) * perRoundCount,
    comparedCount: roundCount * perRoundCount,
  };
}

/** The two whose difference is the cost of telemetry. */
function isCompared(name: VariantName): boolean {
  return name === 'off' || name === 'on';
}

async function flushAll(variants: Variants): Promise<Seen['flushes']> {
  const [off, on, dead, hanging] = await Promise.all([
    variants.off.ask({ kind: 'stop' }),
    variants.on.ask({ kind: 'stop' }),
    variants.dead.ask({ kind: 'stop' }),
    variants.hanging.ask({ kind: 'stop' }),
  ]);
  return { off, on, dead, hanging };
}

function inTurn(round: number): VariantName[] {
  return variantNames.map(
    (_, index) => variantNames.at((index + round) % variantNames.length) ?? 'off',
  );
}
