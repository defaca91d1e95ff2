/** Liveness (the process answers) and readiness (what it needs can be reached), for probes and people. */
import { app, type HttpHandler, type HttpResponseInit } from '@azure/functions';
import { messageOf, PipelineError } from '../shared/errors.ts';
import { checkReadiness } from '../shared/pipeline/readiness.ts';
import { composition } from './composition.ts';

/** Shorter than the patience of common probes (10 s). */
const readinessTimeoutMs = 5_000;
/** Anybody may ask: however often, storage is asked at most this often. */
const answerLifeMs = 2_000;

let latest: { readonly untilMs: number; readonly answer: Promise<HttpResponseInit> } | undefined;

const health: HttpHandler = async (request) => {
  const probe = request.params['probe'] ?? 'ready';
  if (probe === 'live') return { status: 200, jsonBody: { status: 'live' } };
  if (probe !== 'ready') return { status: 404, jsonBody: { error: 'Ask for live or ready.' } };
  const nowMs = performance.now();
  if (latest === undefined || latest.untilMs < nowMs) {
    latest = { untilMs: nowMs + answerLifeMs, answer: readiness() };
  }
  return latest.answer;
};

async function readiness(): Promise<HttpResponseInit> {
  try {
    const { deps } = await composition();
    const parts = await checkReadiness(deps, AbortSignal.timeout(readinessTimeoutMs));
    const isReady = Object.values(parts).every(({ ok }) => ok);
    const status = isReady ? 'ready' : 'not ready';
    return { status: isReady ? 200 : 503, jsonBody: { status, parts } };
  } catch (error) {
    return { status: 503, jsonBody: { status: 'not ready', ...problemsOf(error) } };
  }
}

/** To anybody who asks: setting names are no secret, and `problems` hold none of their values. */
function problemsOf(error: unknown) {
  if (!(error instanceof PipelineError)) return { problems: [messageOf(error)] };
  const { code, details } = error;
  return { code, problems: 'problems' in details ? details.problems : [error.message] };
}

app.http('health', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'health/{probe?}',
  handler: health,
});
