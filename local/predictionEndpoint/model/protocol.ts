/** What the routes' thread and the model's thread say to each other. */
import type { ImageFormat } from '../rules/imageLimits.ts';
import type { ExportFolder } from './exportFolder.ts';
import type { Finding } from './findings.ts';
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
  | {
      readonly kind: 'ready';
      readonly runtime: Runtime;
      readonly labels: readonly string[];
    }
  | { readonly kind: 'unusable'; readonly detail: string }
  | {
      readonly kind: 'scored';
      readonly jobId: number;
      readonly findings: readonly Finding[];
    }
  | { readonly kind: 'undecodable'; readonly jobId: number }
  | { readonly kind: 'broken'; readonly jobId: number; readonly detail: string };
