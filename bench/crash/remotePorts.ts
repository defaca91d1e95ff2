/**
 * Ports whose other end lies in the parent: what they do survives the death of the process that asked
 * for it, like a call to a service that was already on its way.
 */
import type { PortName, ToParent, ToWorker } from './wire.ts';

export interface RemotePorts {
  /** A method for each name; signals stay behind, no call here is ever cut short. */
  port<Port extends object>(name: PortName, methods: readonly (keyof Port & string)[]): Port;
  answered(message: Extract<ToWorker, { kind: 'answer' }>): void;
}

export function remotePorts(send: (message: ToParent) => void): RemotePorts {
  const waiting = new Map<number, (value: unknown) => void>();
  let callCount = 0;
  const call = (port: PortName, method: string, input: readonly unknown[]): Promise<unknown> => {
    callCount += 1;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    waiting.set(callCount, resolve);
    send({ kind: 'call', callId: callCount, port, method, input: input.filter(isData) });
    return promise;
  };
  return {
    port<Port extends object>(name: PortName, methods: readonly (keyof Port & string)[]) {
      const remote = methods.map((method) => [
        method,
        (...input: unknown[]) => call(name, method, input),
      ]);
      // The parent holds a real port of this type: structured clones of its answers are its answers.
      return Object.fromEntries(remote) as Port;
    },
    answered({ callId, value }) {
      waiting.get(callId)?.(value);
      waiting.delete(callId);
    },
  };
}

function isData(value: unknown): boolean {
  return !(value instanceof AbortSignal);
}
