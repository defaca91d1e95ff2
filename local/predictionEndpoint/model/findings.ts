/** What a model says of one photo, before any route puts it into its own words. */
import type { ImageFormat } from '../rules/imageLimits.ts';

/** Fractions of the photo's width and height. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Finding {
  /** Position in the model's label list. */
  readonly labelIndex: number;
  readonly probability: number;
  readonly box?: Box;
}

export type Scored =
  | { readonly kind: 'scored'; readonly findings: readonly Finding[] }
  | { readonly kind: 'undecodable' }
  /** The queue in front of the model is full. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'broken'; readonly detail: string };

export interface Scorer {
  readonly runtime: 'native' | 'wasm' | 'fixed';
  /** In the order of the model's outputs. */
  readonly labels: readonly string[];
  score(bytes: Buffer, format: ImageFormat): Promise<Scored>;
  stop(): Promise<void>;
}
