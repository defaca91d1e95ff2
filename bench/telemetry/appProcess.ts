/** One app process: its telemetry goes where its connection string says, or nowhere without one. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildBundle } from '../../infra/package/build.ts';
import { type AppReply, type AppRequest, replySchema } from './appMessages.ts';

export interface AppProcess {
  ask(request: AppRequest): Promise<AppReply>;
}

/** As the app is deployed: loose sources would keep twice as much on the heap. */
export async function buildAppProgram(folder: string): Promise<string> {
  const program = join(folder, 'app.cjs');
  await buildBundle(program, 'bench/telemetry/appChild.ts');
  return program;
}

/** @param environment - settings of the app, and what its process needs. */
export async function startAppProcess(
  program: string,
  environment: Readonly<Record<string, string>>,
): Promise<AppProcess> {
  const child = fork(program, {
    // What the SDK says of a sick endpoint is what is wanted here.
    stdio: ['ignore', 'ignore', 2, 'ipc'],
    execArgv: ['--expose-gc', '--disable-warning=DEP0040'],
    env: { PATH: process.env['PATH'], ...environment },
  });
  await once(child, 'message');
  return {
    async ask(request) {
      const answered = once(child, 'message');
      child.send(request);
      const [message] = await answered;
      if (request.kind === 'stop') child.disconnect();
      return replySchema.parse(message);
    },
  };
}
