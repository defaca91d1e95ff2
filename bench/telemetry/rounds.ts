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
  /** Of each variant, the first round included. */
  readonly photoCount: number;
}

export interface RoundPlan {
  readonly roundCount: number;
  readonly lineCount: number;
  readonly stormCount: number;
}

const atOnceCount = 8;

/** @param upload - makes photos in a folder and names them. */
export async function runRounds(
  variants: Variants,
  { roundCount, lineCount, stormCount }: RoundPlan,
  upload: (folder: string, count: number) => Promise<string[]>,
  say: BenchOptions['say'],
): Promise<Seen> {
  const rounds: Record<VariantName, Round[]> = { off: [], on: [], dead: [], hanging: [] };
  const cpuBeforeMs = { off: 0, on: 0, dead: 0, hanging: 0 };
  for (let round = 0; round <= roundCount; round += 1) {
    for (const name of inTurn(round)) {
      const ask = async (count: number, atOnce: number) => {
        const blobNames = await upload(`${name}/${round}-${atOnce}`, count);
        return variants[name].ask({ kind: 'photos', blobNames, atOnceCount: atOnce });
      };
      const line = await ask(lineCount, 1);
      const storm = await ask(stormCount, atOnceCount);
      // The first round warms up: its figures are thrown away.
      if (round === 0) cpuBeforeMs[name] = storm.cpuMs;
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
  const photoCount = (roundCount + 1) * (lineCount + stormCount);
  return { rounds, endings: { off, on, dead, hanging }, photoCount };
}

function inTurn(round: number): VariantName[] {
  return variantNames.map(
    (_, index) => variantNames[(index + round) % variantNames.length] ?? 'off',
  );
}
