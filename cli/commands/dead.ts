/** Photos whose work was given up, with the reason; and another try for them. */
import type { KnownPhoto } from '../../shared/pipeline/photoState.ts';
import { replayPhoto } from '../../shared/pipeline/replayPhoto.ts';
import type { Command, CommandInput } from '../command.ts';
import { numberFlag, textFlag } from './flags.ts';
import { defaultPriceUsd, forecast, forecastLines } from './forecast.ts';
import { walkPhotos } from './photoWalk.ts';

interface DeadPhoto {
  readonly known: KnownPhoto;
  readonly photo: string;
  readonly reason: string;
  readonly detail: string;
}

export const dead: Command = {
  usage: `dead [--prefix P]
      lists photos whose work was given up, with the reason. Exit 0 whether there are any or not.`,
  options: { prefix: { type: 'string' } },
  async run(input) {
    const found = await deadPhotos(input);
    return {
      exitCode: 0,
      document: { deadCount: found.length, dead: found.map(shown) },
      lines: [...found.map(lineOf), `${found.length} dead`],
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
  async run(input) {
    const found = await deadPhotos(input);
    const priceUsd = numberFlag(input.flags, 'price') ?? defaultPriceUsd;
    const expected = await forecast(input.composed, 'drained', found.length, priceUsd);
    const isDryRun = input.flags['yes'] !== true;
    if (!isDryRun) await replayAll(input, found);
    const said = isDryRun ? 'would be put to work (--yes does it)' : 'put to work';
    return {
      exitCode: 0,
      document: { isDryRun, photos: found.map(({ photo }) => photo), ...expected },
      lines: [...found.map(lineOf), `${found.length} ${said}`, ...forecastLines(expected)],
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

async function deadPhotos(input: CommandInput): Promise<DeadPhoto[]> {
  const found: KnownPhoto[] = [];
  await walkPhotos(input, {
    prefix: textFlag(input.flags, 'prefix'),
    onPhoto: (photo) => void (photo.state === 'dead' && found.push(photo)),
  });
  const { deps } = input.composed;
  return deps.mapBounded(found, async (known) => {
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
