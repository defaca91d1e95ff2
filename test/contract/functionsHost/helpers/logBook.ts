/** Everything a host logs, with waiting for what is still to come. */
import type { HostLog } from '../../../../local/functionsHost/options.ts';
import { type Arrival, readArrival } from './arrival.ts';

export interface LogBook {
  readonly onLog: (log: HostLog) => void;
  readonly logs: readonly HostLog[];
  arrivals(functionName: string): Arrival[];
  /** The first arrival at a function that fits, once it has come. */
  arrival(functionName: string, fits?: (arrival: Arrival) => boolean): Promise<Arrival>;
  /** Resolves once `condition` holds; it is asked after each record. */
  until(condition: () => boolean): Promise<void>;
}

export function logBook(): LogBook {
  const logs: HostLog[] = [];
  const waiting = new Set<() => void>();

  const arrivals = (functionName: string) =>
    logs
      .filter(({ category }) => category === `Function.${functionName}.User`)
      .map(({ message }) => readArrival(message));

  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!condition()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });

  return {
    onLog: (log) => {
      logs.push(log);
      for (const check of waiting) check();
    },
    logs,
    arrivals,
    until,
    async arrival(functionName, fits = () => true) {
      await until(() => arrivals(functionName).some(fits));
      const found = arrivals(functionName).find(fits);
      if (!found) throw new Error('unreachable: just seen');
      return found;
    },
  };
}
