/** The event hub in a process of its own, so that client and stand-in do not share a thread. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';

export interface EventHubProcess {
  readonly connectionString: string;
  /** Heap and buffers after a garbage collection; what the system keeps resident comes in steps. */
  memoryBytes(): Promise<number>;
  stop(): Promise<void>;
}

export async function startEventHubProcess(): Promise<EventHubProcess> {
  const child = fork(new URL('eventHubChild.ts', import.meta.url), {
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: ['--expose-gc'],
  });
  const [connectionString] = await once(child, 'message');
  return {
    connectionString: z.string().parse(connectionString),
    async memoryBytes() {
      const answer = once(child, 'message');
      child.send('memory');
      return z.number().parse((await answer)[0]);
    },
    async stop() {
      child.send('stop');
      await once(child, 'exit');
    },
  };
}
