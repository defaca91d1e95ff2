/** What a child process prints, line by line, as log records. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { LogLevel } from './options.ts';

/** Source: Azure Functions host, WorkerProcess, how lines on standard error get a level, 2026-11-25. */
const signs = [
  ['warning', /warn/i],
  ['error', /error|fail|severe|unhandled exception/i],
] as const;

/** The app's own output: the real host calls it the function's console. */
export function forwardOutput(
  { stdout, stderr }: ChildProcess,
  onLine: (level: LogLevel, line: string) => void,
): void {
  const forward = (stream: NodeJS.ReadableStream | null, levelOf: (line: string) => LogLevel) => {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() !== '') onLine(levelOf(line), line);
    });
  };
  forward(stdout, () => 'information');
  forward(stderr, (line) => signs.find(([, sign]) => sign.test(line))?.[0] ?? 'information');
}
