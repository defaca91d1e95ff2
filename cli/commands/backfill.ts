/**
 * Photos that were there before: put to work in a lane of their own. Without `--yes` it only says
 * what that would take. Interrupted, the same command goes on where it was.
 */
import type { Asked, Command, CommandAnswer, CommandInput } from '../command.ts';
import { wrongUse } from '../runCommand.ts';
import { forecast, forecastLines, priceOf } from './forecast.ts';
import { countsLine, isWhole, remarksOn, walkPhotos } from './photoWalk.ts';

export const backfill: Command = {
  usage: `backfill PREFIX [--yes] [--restart] [--price USD]
      puts photos under PREFIX to work that have no outcome ("" takes all); without --yes a dry run:
      calls, time at the present quota, cost at USD per 1,000 calls. Run again, it goes on where it
      was interrupted; --restart begins anew.`,
  wordCount: 1,
  options: {
    yes: { type: 'boolean', default: false },
    restart: { type: 'boolean', default: false },
    price: { type: 'string' },
  },
  check(asked) {
    prefixOf(asked);
    priceOf(asked);
  },
  async run(input) {
    const prefix = prefixOf(input);
    return input.flags['yes'] === true ? perform(input, prefix) : dryRun(input, prefix);
  },
};

/** Never left out by mistake: an empty one takes all photos. */
function prefixOf({ words: [prefix] }: Asked): string {
  if (prefix === undefined) throw wrongUse('backfill takes one PREFIX', backfill.usage);
  return prefix;
}

async function dryRun(input: CommandInput, prefix: string): Promise<CommandAnswer> {
  const priceUsd = priceOf(input);
  const walked = await walkPhotos(input, { prefix });
  const expected = await forecast(input.composed, 'backfill', walked.missingCount, priceUsd);
  return {
    exitCode: isWhole(walked) ? 0 : 1,
    document: { isDryRun: true, prefix, ...walked, ...expected },
    lines: [
      `dry run: ${countsLine(walked.counts)}; ${walked.missingCount} would be predicted`,
      ...remarksOn(walked, prefix),
      ...forecastLines(expected),
      'nothing was put to work: --yes does it',
    ],
  };
}

async function perform(input: CommandInput, prefix: string): Promise<CommandAnswer> {
  const { cursors, deps } = input.composed;
  const signal = new AbortController().signal;
  const walk = `backfill:${prefix}`;
  const isAnew = input.flags['restart'] === true;
  const continuation = isAnew ? undefined : await cursors.load(walk, signal);
  if (continuation !== undefined) input.say('goes on where it was interrupted');
  const walked = await walkPhotos(input, {
    prefix,
    continuation,
    requeueing: { because: 'BACKFILL', lane: 'backfill' },
    onPage: (next) => cursors.save(walk, next, signal),
  });
  const estimate = deps.quota.timeToDrain({ backfill: walked.missingCount });
  return {
    exitCode: isWhole(walked) ? 0 : 1,
    document: { isDryRun: false, prefix, ...walked, timeToDrain: estimate },
    lines: [
      `${walked.missingCount} photos put to work (${countsLine(walked.counts)} looked at)`,
      ...remarksOn(walked, prefix),
      ...(walked.isComplete ? [] : ['the same command goes on from here']),
    ],
  };
}
