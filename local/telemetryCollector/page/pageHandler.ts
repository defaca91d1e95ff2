/**
 * Serves the page and the documents it draws. Everything comes from this machine: the page may not
 * ask anybody else, and other sites may not ask it.
 */
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { isLoopbackHost } from '../../control/controlHandler.ts';
import type { Call } from '../../http/call.ts';
import { json, type Reply, typed } from '../../http/reply.ts';
import { board } from './board.ts';
import { lastMinutes } from './overTime.ts';
import { photoTrace } from './photoTrace.ts';
import type { ReadRows } from './readings.ts';

const headers = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; img-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

const longestMinutes = 31 * 24 * 60;
const longestSearchLength = 1_100;

export interface PageSource {
  readonly rows: ReadRows;
  readonly nowMs: () => number;
  /** Whether somebody runs timers when asked to. */
  readonly canLook: () => boolean;
}

export function pageHandler({ rows, nowMs, canLook }: PageSource): (call: Call) => Promise<Reply> {
  const files = pageFiles();
  return async ({ method, path, query, header }) => {
    if (!isLoopbackHost(header('host'))) return json(403, { problem: 'not a loopback name' });
    if (method !== 'GET') return json(405, { problem: 'only GET' });
    if (path === '/board') return boardReply(query, rows, nowMs(), canLook());
    if (path === '/photo') return photoReply(rows, query, nowMs());
    const file = await files(path);
    return file ? { ...typed(200, file.type, file.text), headers } : json(404, { problem: path });
  };
}

function boardReply(
  query: URLSearchParams,
  rows: ReadRows,
  nowMs: number,
  canLook: boolean,
): Reply {
  const minutes = Number(query.get('minutes') ?? 15);
  const isSpan = minutes >= 1 && minutes <= longestMinutes;
  if (!isSpan) return json(400, { problem: `minutes: 1 to ${longestMinutes}` });
  const shown = board(rows, { span: lastMinutes(nowMs, minutes), nowMs });
  return json(200, { ...shown, canLook }, headers);
}

function photoReply(rows: ReadRows, query: URLSearchParams, nowMs: number): Reply {
  const asked = query.get('name') ?? '';
  const isName = asked !== '' && asked.length <= longestSearchLength;
  if (!isName) return json(400, { problem: `name: 1 to ${longestSearchLength} characters` });
  return json(200, photoTrace(rows, asked, nowMs) ?? null, headers);
}

interface PageFile {
  readonly type: string;
  readonly text: string;
}

/** Made from the sources when first asked for, once. */
function pageFiles(): (path: string) => Promise<PageFile | undefined> {
  let made: Promise<ReadonlyMap<string, PageFile>> | undefined;
  return async (path) => (await (made ??= makeFiles())).get(path);
}

async function makeFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const source = (name: string) => new URL(`browser/${name}`, import.meta.url).pathname;
  const { outputFiles } = await build({
    entryPoints: [source('page.ts'), source('page.css')],
    bundle: true,
    minify: true,
    write: false,
    outdir: '/',
    target: 'es2022',
    format: 'esm',
  });
  const types = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' };
  const bundled = outputFiles.map(({ path, text }) => {
    const type = path.endsWith('.css') ? types.css : types.js;
    return [`/${path.slice(path.lastIndexOf('/') + 1)}`, { type, text }] as const;
  });
  const html = await readFile(source('page.html'), 'utf8');
  const icon = await readFile(source('icon.svg'), 'utf8');
  return new Map([
    ...bundled,
    ['/', { type: 'text/html; charset=utf-8', text: html }],
    ['/icon.svg', { type: 'image/svg+xml', text: icon }],
  ]);
}
