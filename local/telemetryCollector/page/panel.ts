/** What the page shows, ready to be drawn: every number is worked out here, none in the browser. */

/** What is said where there is nothing to show: why, and when that may change. */
export interface Emptiness {
  readonly because: string;
  /** When it is told next, where that is known. */
  readonly nextAtMs?: number;
}

/** One value for each time; `null` where nothing was seen. */
export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

export interface LinesPanel {
  readonly kind: 'lines';
  /** The question it answers. */
  readonly title: string;
  readonly unit: string;
  readonly empty: Emptiness;
  /** Upper end of the scale where that is fixed. */
  readonly fullScale?: number;
  readonly timesMs: readonly number[];
  readonly lines: readonly Line[];
}

export interface BarsPanel {
  readonly kind: 'bars';
  readonly title: string;
  readonly unit: string;
  readonly empty: Emptiness;
  readonly bars: readonly { readonly label: string; readonly value: number }[];
}

/** A photo is shown when it is chosen; a time as clocks here have it. */
export type Cell = string | number | null | { readonly photo: string } | { readonly atMs: number };

export interface TablePanel {
  readonly kind: 'table';
  readonly title: string;
  readonly empty: Emptiness;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export type Panel = LinesPanel | BarsPanel | TablePanel;

export interface Section {
  readonly title: string;
  readonly text: string;
  readonly panels: readonly Panel[];
}

export interface Tile {
  readonly label: string;
  /** `null`: not known yet. */
  readonly value: number | string | null;
  readonly unit: string;
  /** When that was seen, where it is not the whole span. */
  readonly asOfMs?: number | undefined;
  readonly state: 'plain' | 'good' | 'bad';
}

export interface Board {
  readonly tiles: readonly Tile[];
  readonly sections: readonly Section[];
  /** Of the latest outcomes, for the search. */
  readonly latestPhotos: readonly string[];
  /** Whether timers can be run from here. */
  readonly canLook: boolean;
}

/** One bar of a photo's way. */
export interface Step {
  readonly name: string;
  readonly kind: 'call' | 'event' | 'parked' | 'log';
  /** Since the first step. */
  readonly startMs: number;
  readonly durationMs: number;
  /** How many steps it lies within. */
  readonly depth: number;
  readonly isFailed: boolean;
  /** Result code, failure code or outcome, where there is one. */
  readonly detail: string;
}

export interface PhotoTrace {
  readonly asked: string;
  /** By name, where the search fits several; the one shown comes first. */
  readonly photos: readonly string[];
  readonly operationIds: readonly string[];
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly steps: readonly Step[];
}
