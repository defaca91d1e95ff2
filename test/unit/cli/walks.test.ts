/** Commands that walk through all photos, interrupted in mid-way or led astray. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../../cli/command.ts';
import { backfill } from '../../../cli/commands/backfill.ts';
import { dead, replay } from '../../../cli/commands/dead.ts';
import { reconcile } from '../../../cli/commands/reconcile.ts';
import type { Composition } from '../../../functions/compose.ts';
import { memoryCursorStore } from '../../../shared/adapters/memory/memoryLedger.ts';
import { deferredMessageSchema } from '../../../shared/deferral/deferredPhoto.ts';
import { PipelineError } from '../../../shared/errors.ts';
import { buryPhoto } from '../../../shared/pipeline/processPhoto.ts';
import {
  endlessBudget,
  photoRef,
  pipelineAnswering,
  scratch,
  uploadOf,
} from '../../helpers/pipeline.ts';

/** More than two pages. */
const photoCount = 1_200;
const bytes = Buffer.from('x');
let pipeline: ReturnType<typeof pipelineAnswering>;
let composed: Composition;

beforeEach(() => {
  pipeline = pipelineAnswering(scratch);
  for (let number = 0; number < photoCount; number += 1) {
    pipeline.photos.upload({ ...photoRef, blobName: `old/${1_000 + number}` }, { bytes });
  }
  const { deps } = pipeline;
  const parts: Pick<Composition, 'deps' | 'cursors' | 'fleetQuota'> = {
    deps,
    cursors: memoryCursorStore(),
    fleetQuota: undefined,
  };
  composed = parts as Composition;
});

interface Asking {
  readonly words?: readonly string[];
  readonly flags?: Readonly<Record<string, string | boolean>>;
  /** Ctrl-C after the first page. */
  readonly isInterrupted?: boolean;
}

function run(command: Command, { words = [], flags = {}, isInterrupted = false }: Asking) {
  const interrupting = new AbortController();
  const say = () => isInterrupted && interrupting.abort();
  return command.run({ words, flags, composed, say, interrupted: interrupting.signal });
}

/** Names of the photos put to work, each as often as it was. */
function putToWork(): string[] {
  return pipeline.deferrals.sent.flatMap(({ text }) =>
    deferredMessageSchema.parse(JSON.parse(text)).photos.map(({ photo }) => photo.blobName),
  );
}

async function bury(blobName: string): Promise<void> {
  const death = { reason: 'message-poisoned', detail: 'x' } as const;
  await buryPhoto(pipeline.deps, uploadOf({ ...photoRef, blobName }), death, endlessBudget);
}

describe('a backfill', () => {
  const yes = { words: ['old/'], flags: { yes: true } };

  it('that is interrupted says so, goes on where it was, and puts each photo to work once', async () => {
    const first = await run(backfill, { ...yes, isInterrupted: true });
    const rest = await run(backfill, yes);

    expect(first).toMatchObject({
      exitCode: 1,
      document: { missingCount: 500, isComplete: false },
    });
    expect(first.lines).toContain('the same command goes on from here');
    expect(rest).toMatchObject({ exitCode: 0, document: { counts: { deferred: 700 } } });
    expect(new Set(putToWork()).size).toBe(photoCount);
    expect(putToWork()).toHaveLength(photoCount);
  });

  it('that dies within a page looks at that page again and puts to work what is left of it', async () => {
    const { enter } = pipeline.entries;
    let count = 0;
    const away = new PipelineError('STORE_UNAVAILABLE', 'x', { operation: 'x', path: 'x' });
    const dying = async (...call: Parameters<typeof enter>) => {
      count += 1;
      return count > 700 ? Promise.reject(away) : enter(...call);
    };
    const { deps } = composed;
    composed = { ...composed, deps: { ...deps, entries: { ...deps.entries, enter: dying } } };
    await expect(run(backfill, yes)).rejects.toThrow('STORE_UNAVAILABLE');

    composed = { ...composed, deps };
    await run(backfill, yes);

    expect(new Set(putToWork()).size).toBe(photoCount);
    // Those of the page that were sent and not noted any more come twice, which does no harm.
    expect(putToWork().length).toBeLessThan(photoCount + 500);
  });

  it('begins anew where it is told to, and once it came to its end', async () => {
    await run(backfill, { ...yes, isInterrupted: true });

    const anew = await run(backfill, { ...yes, flags: { yes: true, restart: true } });
    const again = await run(backfill, yes);

    expect(anew.document).toMatchObject({ missingCount: 700, counts: { deferred: photoCount } });
    expect(again.document).toMatchObject({ missingCount: 0, counts: { deferred: photoCount } });
  });

  it('puts nothing to work without being told to, and says what it would take', async () => {
    const { lines, exitCode } = await run(backfill, { words: ['old/'], flags: { price: '4' } });

    expect(exitCode).toBe(0);
    expect(lines).toContain('dry run: 1200 deferred; 1200 would be predicted');
    expect(lines).toContain('cost     4.80 USD');
    expect(putToWork()).toEqual([]);
  });

  it('takes the lane of its own', async () => {
    await run(backfill, yes);

    const [message] = pipeline.deferrals.sent;
    expect(deferredMessageSchema.parse(JSON.parse(message?.text ?? '')).photos[0]).toMatchObject({
      lane: 'backfill',
    });
  });
});

describe('an interrupted search', () => {
  const interrupted = 'interrupted: not every photo was looked at';

  it.each([
    ['a dry run', backfill, { words: ['old/'] }],
    ['an accounting', reconcile, {}],
    ['a list of the dead', dead, {}],
  ] as const)('says that it is not about all photos (%s)', async (_, command, asking) => {
    const { lines, exitCode } = await run(command, { ...asking, isInterrupted: true });

    expect(lines).toContain(interrupted);
    expect(exitCode).toBe(1);
  });

  it('for dead photos puts none to work', async () => {
    await bury('old/1000');

    const stopped = await run(replay, { flags: { yes: true }, isInterrupted: true });
    const whole = await run(replay, { flags: { yes: true } });

    expect(stopped.lines).toContain('1 found, none put to work');
    expect(stopped.document).toMatchObject({ isDryRun: true, isComplete: false });
    expect(whole.document).toMatchObject({ isDryRun: false, photos: ['old/1000'] });
    expect(putToWork()).toEqual(['old/1000']);
  });
});

it.each([
  ['backfill', backfill, { words: ['photos/old/'] }],
  ['reconcile', reconcile, { flags: { prefix: 'photos/old/' } }],
  ['dead', dead, { flags: { prefix: 'photos/old/' } }],
  ['replay', replay, { flags: { prefix: 'photos/old/' } }],
] as const)('says that no photo has a name of that kind (%s)', async (_, command, asking) => {
  const { lines } = await run(command, asking);

  expect(lines.join('\n')).toContain('no photo begins with "photos/old/"');
});

it('names the photos whose ledger can not be read, and says where to look', async () => {
  await bury('old/1000');
  const problem = new PipelineError('DOCUMENT_INVALID', 'odd', { path: 'p', problems: [] });
  const outcomes = { ...pipeline.outcomes, find: () => Promise.reject(problem) };
  composed = { ...composed, deps: { ...composed.deps, outcomes } };

  const answers = [await run(dead, {}), await run(replay, {}), await run(reconcile, {})];

  for (const { lines, exitCode } of answers) {
    expect(lines).toContain('problem: old/1000: DOCUMENT_INVALID: odd');
    expect(lines.join('\n')).toContain('docs/runbook.md#blobs-that-are-not-in-our-form');
    expect(exitCode).toBe(1);
  }
});
