/** What passes between the bench and the processes that it kills. */
import type { PhotoWork } from '../../shared/deferral/photoWork.ts';
import type { StepName } from '../steps.ts';

export type StoreKind = 'memory' | 'azurite';

/** Where a process ends itself with SIGKILL: at the nth call of a step. */
export interface KillPoint {
  readonly step: StepName;
  readonly phase: 'before' | 'after';
  readonly nth: number;
}

/** How a process starts, as JSON in its arguments. */
export interface WorkerSetup {
  readonly store: StoreKind;
  /** Of Azurite; empty where the parent keeps everything. */
  readonly connectionString: string;
  readonly claimTtlMs: number;
  readonly killPoint: KillPoint | undefined;
}

/** What a trigger hands over. */
export type Load =
  | { readonly kind: 'works'; readonly works: readonly PhotoWork[] }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'sweep' };

export type ToWorker =
  | { readonly kind: 'delivery'; readonly deliveryId: number; readonly load: Load }
  | { readonly kind: 'answer'; readonly callId: number; readonly value: unknown };

export type PortName =
  | 'photos'
  | 'claims'
  | 'entries'
  | 'outcomes'
  | 'events'
  | 'deferrals'
  | 'model';

export type ToParent =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'done';
      readonly deliveryId: number;
      /** How long each claim took: what a write to the store costs here. */
      readonly claimingMs: readonly number[];
    }
  | {
      readonly kind: 'call';
      readonly callId: number;
      readonly port: PortName;
      readonly method: string;
      readonly input: readonly unknown[];
    };
