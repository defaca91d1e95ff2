/** Values as the .NET host puts them on the wire to the worker, which the library reads back. */
import type { Int64Dialect } from '../options.ts';

export interface HttpCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: { value?: string } | undefined;
  readonly path?: { value?: string } | undefined;
  readonly expires?: { value?: { seconds?: number } } | undefined;
  readonly secure?: { value?: boolean } | undefined;
  readonly httpOnly?: { value?: boolean } | undefined;
  readonly maxAge?: { value?: number } | undefined;
  readonly sameSite?: string;
}

export interface HttpData {
  readonly url?: string;
  readonly method?: string;
  readonly nullableHeaders?: Record<string, { value: string }>;
  readonly nullableQuery?: Record<string, { value: string }>;
  readonly nullableParams?: Record<string, { value: string }>;
  readonly body?: TypedData | undefined;
  readonly statusCode?: string;
  readonly headers?: Record<string, string>;
  readonly cookies?: readonly HttpCookie[];
}

export interface ModelBindingData {
  readonly version: string;
  readonly source: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly http?: HttpData;
  readonly int?: unknown;
  readonly collectionBytes?: { readonly bytes: readonly Uint8Array[] };
  readonly collectionString?: { readonly string: readonly string[] };
  readonly collectionSint64?: { readonly sint64: readonly unknown[] };
  readonly modelBindingData?: ModelBindingData;
}

export type Metadata = Readonly<Record<string, TypedData>>;

export const jsonData = (value: unknown): TypedData => ({ json: JSON.stringify(value) });
export const stringData = (value: string): TypedData => ({ string: value });

export function int64(value: number, dialect: Int64Dialect): unknown {
  if (dialect === 'number') return value;
  if (dialect === 'string') return String(value);
  const wide = BigInt(value);
  const low = Number(BigInt.asIntN(32, wide));
  const high = Number(BigInt.asIntN(32, wide >> 32n));
  return { low, high, unsigned: false };
}

/** UTC as .NET writes a time of unstated kind: no zone, no trailing zeros in the fraction. */
export function unzonedTime(at: Date): string {
  return at.toISOString().replace(/\.?0*Z$/, '');
}

/** UTC as .NET writes a `DateTimeOffset`. */
export function offsetTime(at: Date): string {
  return `${unzonedTime(at)}+00:00`;
}

/**
 * The top-level fields of a JSON body, which the host adds to the metadata, over its own values.
 * Everything becomes text on the way: booleans as .NET spells them.
 */
export function bodyMetadata(body: string): Metadata {
  const fields = jsonObject(body);
  const entries = Object.entries(fields ?? {}).flatMap(([key, value]): [string, TypedData][] => {
    if (value === null || Array.isArray(value)) return [];
    if (typeof value === 'object') return [[key, jsonData(value)]];
    return [[key, stringData(netText(value))]];
  });
  return Object.fromEntries(entries);
}

function jsonObject(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function netText(value: unknown): string {
  if (value === true) return 'True';
  if (value === false) return 'False';
  return String(value);
}

const isoInstant = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** @returns JSON as the host passes it on: instants in UTC, fractions without trailing zeros. */
export function rewriteInstants(json: string): unknown {
  return JSON.parse(json, (_key, value: unknown) => {
    const [, seconds, fraction = '', zone] =
      typeof value === 'string' ? (isoInstant.exec(value) ?? []) : [];
    if (seconds === undefined || zone === undefined) return value;
    const utc = new Date(`${seconds}${zone}`);
    return `${unzonedTime(utc)}${fraction.replace(/\.?0+$/, '')}Z`;
  });
}
