/** Photos in rounds, each variant in its turn, in an order that changes: what slows one slows all. */
import type { BenchOptions } from '../measure.ts';
import type { AppReply } from './appMessages.ts';
import { type VariantName, type Variants, variantNames } from './variants.ts';

export interface Round {
  /** One photo at a time, as on a line. */
  readonly line: AppReply;
  /** As many at once as an app takes. */
  readonly storm: AppReply;
}

export interface Ending {
  readonly flush: AppReply;
  /** Of all rounds and the flush; what came before them is left out. */
  readonly cpuMs: number;
}

export interface Seen {
  readonly rounds: Readonly<Record<VariantName, readonly Round[]>>;
  readonly endings: Readonly<Record<VariantName, Ending>>;
  /** Of each variant, the warm-up included. */
  readonly photoCount: number;
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
  for (let round = 1 - warmUpCount; round <= roundCount; round += 1) {
    await storage.clear();
    // What is thrown out then has to be made again: one round of warming up is left for that.
    if (round === 0) for (const name of variantNames) await variants[name].ask({ kind: 'collect' });
    for (const name of inTurn(round)) {
      const ask = async (count: number, atOnce: number) => {
        const blobNames = await storage.upload(`${name}/${round}-${atOnce}`, count);
        return variants[name].ask({ kind: 'photos', blobNames, atOnceCount: atOnce });
      };
      const line = await ask(lineCount, 1);
      const storm = await ask(stormCount, atOnceCount);
      if (round <= 0) cpuBeforeMs[name] = storm.cpuMs;
      else rounds[name].push({ line, storm });
    }
    say(`round ${round} of ${roundCount}`);
  }
  const ended = async (name: VariantName): Promise<Ending> => {
    const flush = await variants[name].ask({ kind: 'stop' });
    return { flush, cpuMs: flush.cpuMs - cpuBeforeMs[name] };
  };
  const [off, on, dead, hanging] = await Promise.all([
    ended('off'),
    ended('on'),
    ended('dead'),
    ended('hanging'),
  ]);
  for (const [name, { cpuMs }] of Object.entries({ off, on, dead, hanging })) {
    const perPhotoMs = cpuMs / (roundCount * (lineCount + stormCount));
    say(`${name}: ${perPhotoMs.toFixed(2)} ms of processor time a photo`);
  }
  const photoCount = (roundCount + warmUpCount) * (lineCount + stormCount);
  return { rounds, endings: { off, on, dead, hanging }, photoCount };
}

function inTurn(round: number): VariantName[] {
  return variantNames.map(
    (_, index) => variantNames.at((index + round) % variantNames.length) ?? 'off',
  );
}
