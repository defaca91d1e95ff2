/** The processes that are killed: a few at work, some more ready to take the place of the dead. */
import { type ChildProcess, fork } from 'node:child_process';
import { dirname } from 'node:path';
import { messageOf } from '../../shared/errors.ts';
import type { ToParent, ToWorker, WorkerSetup } from './wire.ts';

export interface Worker {
  /** Never the same twice in one run. */
  readonly id: number;
  tell(message: ToWorker): void;
  kill(): void;
}

export interface CrewEvents {
  /** Has loaded the app and can take work. */
  ready(worker: Worker): void;
  heard(worker: Worker, message: Exclude<ToParent, { kind: 'ready' }>): void;
  died(worker: Worker): void;
}

export interface Crew {
  /** Starts one more process. @returns its id. */
  hire(setup: WorkerSetup): number;
  /** Ends all that are left and resolves once they are gone. */
  dismiss(): Promise<void>;
}

/** @param program - the file that each process runs. */
export function crew(program: string, events: CrewEvents): Crew {
  // Beside the program, and gone with it: compiling is half of what a process's start costs.
  const env = { ...process.env, NODE_COMPILE_CACHE: dirname(program) };
  const children = new Map<number, ChildProcess>();
  const gone = new Map<number, PromiseWithResolvers<void>>();
  let hiredCount = 0;
  let isDismissed = false;

  function hire(setup: WorkerSetup): number {
    hiredCount += 1;
    const id = hiredCount;
    const child = fork(program, [JSON.stringify(setup)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
      env,
    });
    const worker: Worker = {
      id,
      // It may die while it is told something: what it was told is delivered again.
      tell: (message) => void (child.connected && child.send(message, () => {})),
      kill: () => void child.kill('SIGKILL'),
    };
    children.set(id, child);
    gone.set(id, Promise.withResolvers<void>());
    child.on('message', (message: ToParent) => {
      if (message.kind === 'ready') events.ready(worker);
      else events.heard(worker, message);
    });
    child.once('error', (error) => console.error(`process ${id}: ${messageOf(error)}`));
    child.once('exit', () => {
      children.delete(id);
      gone.get(id)?.resolve();
      gone.delete(id);
      if (!isDismissed) events.died(worker);
    });
    return id;
  }

  return {
    hire,
    async dismiss() {
      isDismissed = true;
      for (const child of children.values()) child.kill('SIGKILL');
      await Promise.all([...gone.values()].map(({ promise }) => promise));
    },
  };
}
