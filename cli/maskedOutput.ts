/**
 * Whatever a command's process writes goes through the one sanitiser: answers, talk, warnings of Node
 * and what SDKs say when their own logs are switched on. What nobody caught is told in one line.
 */
import { keepSecret, messageOf, redact } from '../shared/errors.ts';
import { secretsOf } from '../shared/redact.ts';

/** Before anything is written. */
export function maskOutput(): void {
  keepSecret(secretsOf(process.env));
  for (const stream of [process.stdout, process.stderr]) mask(stream);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      console.error(messageOf(error));
      process.exit(1);
    });
  }
}

function mask(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (chunk: string, ...rest: unknown[]) => boolean;
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) =>
    write(redact(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')), ...rest);
}
