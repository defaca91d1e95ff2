/** What the routes' thread and the model's thread say to each other. */
import type { ImageFormat } from '../rules/imageLimits.ts';
import type { ExportFolder } from './exportFolder.ts';
import type { Runtime } from './onnxSession.ts';

export interface WorkerSetup {
  readonly model: ExportFolder;
  readonly runtime: Runtime | 'auto';
}

export type ToWorker =
  | {
      readonly kind: 'score';
      readonly jobId: number;
      readonly bytes: Uint8Array;
      readonly format: ImageFormat;
    }
  | { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'ready'; readonly runtime: Runtime }
  | { readonly kind: 'unusable'; readonly detail: string }
  | {
      readonly kind: 'scored';
      readonly jobId: number;
      /** In the order of the labels. */
      readonly probabilities: readonly number[];
    }
  | { readonly kind: 'undecodable'; readonly jobId: number }
  | { readonly kind: 'broken'; readonly jobId: number; readonly detail: string };
