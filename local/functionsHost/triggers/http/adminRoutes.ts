/** `/admin/...`: is the host there, what does it hold, call a function. The master key opens it. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { messageOf } from '../../../../shared/errors.ts';
import type { AppFunction } from '../../app/appFunction.ts';
import { isDisabled } from '../../settings.ts';
import { manualRequest } from '../manualRequest.ts';
import { drainReply } from './drainRoutes.ts';
import { listedFunction } from './functionListing.ts';
import { urlOf, writeEmpty, writeJson } from './httpData.ts';
import { readBody } from './requestBody.ts';
import { isAllowed, type Site } from './site.ts';

export async function answerAdmin(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = urlOf(request).pathname.toLowerCase().replace(/\/$/, '');
  // Probes ask without a key.
  if (path === '/admin/host/ping') return writeJson(response, {});
  if (!(await isAllowed(site, { level: 'admin' }, request))) return writeEmpty(response, 401);
  if (path.startsWith('/admin/host/')) return answerHost(site, path, request, response);
  if (path === '/admin/functions') {
    return writeJson(
      response,
      site.functions.map((called) => listedFunction(site, request, called)),
    );
  }
  const [, , area, name, part] = path.split('/');
  const called = site.functions.find((each) => each.name.toLowerCase() === name);
  if (area !== 'functions' || !called) return writeEmpty(response, 404);
  if (part === 'status') return writeJson(response, functionStatus(site, called));
  if (part !== undefined) return writeEmpty(response, 404);
  if (request.method === 'POST') return callByHand(site, called, request, response);
  return writeJson(response, listedFunction(site, request, called));
}

function answerHost(
  site: Site,
  path: string,
  { method = 'GET' }: IncomingMessage,
  response: ServerResponse,
): void {
  if (path === '/admin/host/status') return writeJson(response, hostStatus(site));
  const drain = drainReply(site.context, method, path);
  if (!drain) return writeEmpty(response, 404);
  return drain.value ? writeJson(response, drain.value) : writeEmpty(response, 202);
}

function hostStatus({ context: { hostId, life } }: Site) {
  const errors = life.errors();
  return {
    id: hostId,
    state: life.state(),
    ...(errors.length > 0 && { errors }),
    version: '4.0.0.0',
    versionDetails: 'the local functions host',
    processUptime: Math.round(process.uptime() * 1_000),
  };
}

function functionStatus({ context: { settings, doors } }: Site, { name }: AppFunction) {
  const problem = doors.problems.get(name);
  return {
    isDisabled: isDisabled(settings, name),
    ...(problem !== undefined && { errors: [problem] }),
  };
}

const inputSchema = z.object({ input: z.string().nullish() });

/** The answer does not wait for the function; how it ended stands in the log. */
async function callByHand(
  { context }: Site,
  called: AppFunction,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const input = inputOf(await readBody(request));
  if (input === undefined) return writeEmpty(response, 400);
  writeEmpty(response, 202);
  try {
    const manual = await manualRequest(context, called, input);
    await context.invocations.run(called, { invocationId: randomUUID(), ...manual });
  } catch (error) {
    context.log('error', `${called.name} can't be called: ${messageOf(error)}`);
  }
}

function inputOf(body: Buffer | undefined): string | undefined {
  try {
    return inputSchema.parse(JSON.parse(body?.toString('utf8') ?? '')).input ?? '';
  } catch {
    // The answer says so: a call needs `{"input": …}`.
    return undefined;
  }
}
