/** Every five minutes, or as often as the settings say: does the published endpoint still answer? */
import { app, type InvocationContext, type TimerHandler } from '@azure/functions';
import type { PhotoRef } from '../shared/photo/photo.ts';
import { plainPhoto } from '../shared/photo/plainPhoto.ts';
import { probeEndpoint, probeWithoutPhoto } from '../shared/pipeline/probeEndpoint.ts';
import { withBudget } from './budget.ts';
import type { Composition } from './compose.ts';
import { composition } from './composition.ts';
import { probeLine } from './probeLine.ts';
import { traced } from './traced.ts';

const minuteMs = 60_000;

const handler: TimerHandler = async (_timer: unknown, context: InvocationContext) => {
  const composed = await composition();
  const { settings, deps, barePredictor } = composed;
  // Nobody would hear the answer: no call is paid for.
  if (settings.APPLICATIONINSIGHTS_CONNECTION_STRING === undefined) return;
  const minute = Math.floor(deps.clock.nowMs() / minuteMs);
  if (minute % settings.PROBE_EVERY_MINUTES >= 5) return;
  const expected = {
    tag: settings.PROBE_EXPECTED_TAG,
    iterationId: settings.PREDICTION_ITERATION_ID,
  };
  const asking = { ...deps, predictor: barePredictor, expected };
  const probe = await withBudget(composed, async ({ signal }) => {
    const golden = await goldenPhoto(composed, signal);
    return golden.kind === 'bytes'
      ? probeEndpoint(asking, golden.bytes, signal)
      : probeWithoutPhoto(asking, golden.because);
  });
  if (probe.kind === 'skipped') context.info(JSON.stringify({ notProbed: probe.because }));
  else if (!probe.isAvailable || barePredictor.refusedKey?.() !== undefined) {
    context.warn(probeLine(probe));
  }
};

type Golden =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'none'; readonly because: string };

/** The photo whose answer is known, or a plain one: then only whether there is an answer counts. */
async function goldenPhoto({ settings, deps }: Composition, signal: AbortSignal): Promise<Golden> {
  const path = settings.PROBE_PHOTO;
  if (path === undefined) return { kind: 'bytes', bytes: plainPhoto };
  const opened = await deps.photos.open(refOf(path, deps.photos.account), signal);
  const body = opened.kind === 'found' ? await deps.photos.read(opened.version, signal) : opened;
  if (body.kind === 'bytes') return body;
  return { kind: 'none', because: `PROBE_PHOTO: there is no photo at ${path} (${body.kind})` };
}

function refOf(path: string, account: string): PhotoRef {
  const slash = path.indexOf('/');
  return { account, container: path.slice(0, slash), blobName: path.slice(slash + 1) };
}

app.timer('probeEndpoint', { schedule: '30 */5 * * * *', handler: traced('timer', handler) });
