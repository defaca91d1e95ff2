/** Stored photos against the ledger: each one's state, and those that no event ever brought. */
import type { Command } from '../command.ts';
import { textFlag } from './flags.ts';
import { countsLine, isWhole, remarksOn, type Walked, walkPhotos } from './photoWalk.ts';

export const reconcile: Command = {
  usage: `reconcile [--prefix P] [--requeue] [--list]
      counts stored photos by state (done, review, deferred, rejected, dead) and names those that
      nobody is at; --requeue puts them to work, --list prints every photo. Exit 1: some are missing.`,
  options: {
    prefix: { type: 'string' },
    requeue: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
  async run(input) {
    const { flags } = input;
    const prefix = textFlag(flags, 'prefix');
    const isRequeueing = flags['requeue'] === true;
    const photos: { photo: string; state: string }[] = [];
    const walked = await walkPhotos(input, {
      prefix,
      requeueing: isRequeueing ? { because: 'RECONCILED' } : undefined,
      onPhoto: ({ version, state, isMissing }) =>
        void photos.push({
          photo: version.blobName,
          state: isMissing ? `${state} (missing)` : state,
        }),
    });
    const listed = flags['list'] === true ? photos : [];
    const isAmiss = !isWhole(walked) || (walked.missingCount > 0 && !isRequeueing);
    return {
      exitCode: isAmiss ? 1 : 0,
      document: { ...walked, isRequeueing, ...(flags['list'] === true && { photos }) },
      lines: [
        ...listed.map(({ photo, state }) => `${state.padEnd(18)} ${photo}`),
        countsLine(walked.counts),
        ...missingLines(walked, isRequeueing),
        ...remarksOn(walked, prefix),
      ],
    };
  },
};

function missingLines({ missingCount, missing }: Walked, isRequeueing: boolean): string[] {
  if (missingCount === 0) return [];
  const said = isRequeueing ? 'put to work' : '--requeue puts them to work';
  return [`${missingCount} missing (${said}): ${missing.join(', ')}`];
}
