/** Storage's commands, for tests in this process and over HTTP for scripts in any language. */
import { z } from 'zod';
import type { ControlActions } from '../control/controlHandler.ts';
import type { Command, StorageState } from './childMessages.ts';
import { type StorageFault, storageFaultSchema } from './faults.ts';

export interface StorageControl {
  /** In force for every call that comes after this resolved. */
  addFault(fault: StorageFault): Promise<void>;
  clearFaults(): Promise<void>;
  /** Storage's clock, ahead of (or, negative, behind) this machine's. */
  setClock(skewMs: number): Promise<void>;
  state(): Promise<StorageState>;
}

const clockSchema = z.strictObject({ skewMs: z.int() });

type Send = (command: Command) => Promise<StorageState>;

export function storageControl(send: Send): StorageControl {
  return {
    async addFault(fault) {
      await send({ kind: 'addFault', fault: storageFaultSchema.parse(fault) });
    },
    async clearFaults() {
      await send({ kind: 'clearFaults' });
    },
    async setClock(skewMs) {
      await send({ kind: 'setClock', ...clockSchema.parse({ skewMs }) });
    },
    state: () => send({ kind: 'tell' }),
  };
}

export function storageCommands(control: StorageControl): ControlActions {
  const faults = async () => (await control.state()).faults;
  return {
    'GET /control': () => control.state(),
    'GET /control/stats': async () => (await control.state()).stats,
    'GET /control/faults': faults,
    'POST /control/faults': async (body) => {
      await control.addFault(storageFaultSchema.parse(body));
      return faults();
    },
    'DELETE /control/faults': async () => {
      await control.clearFaults();
      return faults();
    },
    'PUT /control/clock': async (body) => {
      await control.setClock(clockSchema.parse(body).skewMs);
      return (await control.state()).clock;
    },
  };
}
