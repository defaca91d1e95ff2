/** Photos whose work was given up, with the reason; and another try for them. */
import type { KnownPhoto } from '../../shared/pipeline/photoState.ts';
import { replayPhoto } from '../../shared/pipeline/replayPhoto.ts';
import type { Command, CommandInput } from '../command.ts';
import { textFlag } from './flags.ts';
import { forecast, forecastLines, priceOf } from './forecast.ts';
import { isWhole, remarksOn, walkPhotos } from './photoWalk.ts';

interface DeadPhoto {
  readonly known: KnownPhoto;
  readonly photo: string;
  readonly reason: string;
  readonly detail: string;
}

export const dead: Command = {
  usage: `dead [--prefix P]
      lists photos whose work was given up, with the reason. Exit 0 whether there are any or not; 1:
      not every photo could be looked at.`,
  options: { prefix: { type: 'string' } },
  async run(input) {
    const { found, walked, remarks } = await deadPhotos(input);
    const { isComplete, problems } = walked;
    return {
      exitCode: isWhole(walked) ? 0 : 1,
      document: { deadCount: found.length, dead: found.map(shown), isComplete, problems },
      lines: [...found.map(lineOf), `${found.length} dead`, ...remarks],
    };
  },
};

export const replay: Command = {
  usage: `replay [--prefix P] [--yes] [--price USD]
      puts dead photos to work again, with fresh budgets: each gets a second outcome beside the dead
      one. Without --yes a dry run: calls, time at the present quota, cost.`,
  options: {
    prefix: { type: 'string' },
    yes: { type: 'boolean', default: false },
    price: { type: 'string' },
  },
  check: priceOf,
  async run(input) {
    const { found, walked, remarks } = await deadPhotos(input);
    const { isComplete, problems } = walked;
    const expected = await forecast(input.composed, 'drained', found.length, priceOf(input));
    // Whoever interrupts the search does not want what it has found put to work.
    const isDryRun = input.flags['yes'] !== true || !isComplete;
    if (!isDryRun) await replayAll(input, found);
    const would = isComplete ? 'would be put to work (--yes does it)' : 'found, none put to work';
    const said = isDryRun ? would : 'put to work';
    return {
      exitCode: isWhole(walked) ? 0 : 1,
      document: {
        isDryRun,
        photos: found.map(({ photo }) => photo),
        ...expected,
        isComplete,
        problems,
      },
      lines: [
        ...found.map(lineOf),
        `${found.length} ${said}`,
        ...remarks,
        ...forecastLines(expected),
      ],
    };
  },
};

async function replayAll(
  { composed: { deps } }: CommandInput,
  found: readonly DeadPhoto[],
): Promise<void> {
  const { signal } = new AbortController();
  await deps.mapBounded(found, ({ known }) => replayPhoto(deps, known.version, signal));
}

async function deadPhotos(input: CommandInput) {
  const deadOnes: KnownPhoto[] = [];
  const prefix = textFlag(input.flags, 'prefix');
  const walked = await walkPhotos(input, {
    prefix,
    onPhoto: (photo) => void (photo.state === 'dead' && deadOnes.push(photo)),
  });
  const found = await withReasons(input, deadOnes);
  return { found, walked, remarks: remarksOn(walked, prefix) };
}

function withReasons(
  { composed: { deps } }: CommandInput,
  photos: readonly KnownPhoto[],
): Promise<DeadPhoto[]> {
  return deps.mapBounded(photos, async (known) => {
    const blobName = known.entry?.blobName ?? '';
    const document = await deps.outcomes.find(blobName, new AbortController().signal);
    const { reason = 'unknown', detail = '' } = document?.outcome === 'dead' ? document.death : {};
    return { known, photo: known.version.blobName, reason, detail };
  });
}

function shown({ photo, reason, detail }: DeadPhoto) {
  return { photo, reason, detail };
}

function lineOf({ photo, reason, detail }: DeadPhoto): string {
  return `${reason.padEnd(22)} ${photo}  ${detail}`;
}
