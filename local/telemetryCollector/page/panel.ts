/** What the page shows, ready to be drawn: every number is worked out here, none in the browser. */

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
  readonly timesMs: readonly number[];
  readonly lines: readonly Line[];
}

export interface BarsPanel {
  readonly kind: 'bars';
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly { readonly label: string; readonly value: number }[];
}

export type Cell = string | number | null;

export interface TablePanel {
  readonly kind: 'table';
  readonly title: string;
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
  readonly value: number | null;
  readonly unit: string;
  readonly state: 'plain' | 'good' | 'bad';
}

export interface Board {
  readonly tiles: readonly Tile[];
  readonly sections: readonly Section[];
  /** Of the latest outcomes, for the search. */
  readonly latestPhotos: readonly string[];
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
