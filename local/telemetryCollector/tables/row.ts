/** Rows as queries of Application Insights see them: the columns that our own queries use. */
export const tables = [
  'requests',
  'dependencies',
  'customEvents',
  'customMetrics',
  'availabilityResults',
  'traces',
  'exceptions',
] as const;

export type Table = (typeof tables)[number];

export interface Row {
  readonly table: Table;
  readonly timestampMs: number;
  /** Of a log line or an exception: its text. */
  readonly name: string;
  readonly operation_Id: string;
  readonly operation_ParentId: string;
  readonly operation_Name: string;
  readonly cloud_RoleName: string;
  readonly cloud_RoleInstance: string;
  readonly customDimensions: Readonly<Record<string, string>>;
  readonly customMeasurements: Readonly<Record<string, number>>;
  readonly itemCount: number;
  /** Of spans. */
  readonly id?: string;
  /** Milliseconds. */
  readonly duration?: number;
  readonly success?: boolean;
  readonly resultCode?: string;
  readonly type?: string;
  readonly target?: string;
  /** Of metrics. */
  readonly valueSum?: number;
  readonly valueCount?: number;
  readonly valueMin?: number;
  readonly valueMax?: number;
  /** Of availability. */
  readonly message?: string;
  readonly severityLevel?: string;
}
