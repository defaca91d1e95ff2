/**
 * Checks queries with Microsoft's language service: syntax and types against the tables' real
 * columns, and every name against the catalogue. A query that passes here says nothing that Kusto
 * would refuse, and asks for nothing that we never send.
 */
import { createRequire } from 'node:module';
import { attributes } from '../../shared/telemetry/catalogue/attributes.ts';
import { events } from '../../shared/telemetry/catalogue/events.ts';
import { metrics } from '../../shared/telemetry/catalogue/metrics.ts';
import { endpointProbe } from '../../shared/telemetry/catalogue/probes.ts';
import { spans } from '../../shared/telemetry/catalogue/spans.ts';
import { tableSchemas } from './tableSchemas.ts';

/** What is used of the package: it was compiled from C#, and its own types are two megabytes. */
interface SyntaxNode {
  readonly ChildCount: number;
  GetChild(index: number): SyntaxNode | null;
  toString(): string;
  ToString(): string;
}
interface Diagnostic {
  readonly Severity: string;
  readonly Code: string;
  readonly Message: string;
}
interface KustoCode {
  readonly Syntax: SyntaxNode;
  GetDiagnostics(): { readonly Count: number; getItem(index: number): Diagnostic };
}
type Construct = new (...args: readonly unknown[]) => object;
interface Kusto {
  readonly Language: {
    readonly KustoCode: { ParseAndAnalyze(text: string, globals: object): KustoCode };
    readonly GlobalState: { readonly Default: { WithDatabase(database: object): object } };
    readonly Symbols: {
      readonly TableSymbol: { readonly $ctor7: Construct };
      readonly DatabaseSymbol: { readonly $ctor3: Construct };
    };
  };
}
interface Bridge {
  getTypeName(value: object): string;
}

interface Loaded {
  readonly kusto: Kusto;
  readonly bridge: Bridge;
  readonly globals: object;
}

let loaded: Loaded | undefined;

function load(): Loaded {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  const { Kusto: kusto, Bridge: bridge } = globalThis as unknown as {
    readonly Kusto: Kusto;
    readonly Bridge: Bridge;
  };
  const { TableSymbol, DatabaseSymbol } = kusto.Language.Symbols;
  const tables = Object.entries(tableSchemas).map(([name, columns]) => {
    const text = Object.entries(columns).map(([column, type]) => `${column}:${type}`);
    return new TableSymbol.$ctor7(name, `(${text.join(', ')})`, null);
  });
  const database = new DatabaseSymbol.$ctor3('component', null, tables, false);
  loaded = { kusto, bridge, globals: kusto.Language.GlobalState.Default.WithDatabase(database) };
  return loaded;
}

/** @returns what is wrong with a query, one line each; nothing is well. */
export function queryProblems(text: string): string[] {
  const { kusto, globals } = load();
  const code = kusto.Language.KustoCode.ParseAndAnalyze(text, globals);
  const said = code.GetDiagnostics();
  const found = Array.from({ length: said.Count }, (_, index) => said.getItem(index));
  const diagnostics = found.map(({ Code, Message }) => `${Code}: ${Message}`);
  return [...diagnostics, ...nameProblems(code.Syntax)];
}

interface Named {
  readonly kind: string;
  readonly text: string;
  readonly node: SyntaxNode;
}

function nameProblems(syntax: SyntaxNode): string[] {
  const nodes = [...everyNode(syntax)];
  const compared = nodes.flatMap(comparison);
  const named = compared.filter(({ subject }) => subject === 'name');
  const names = [...new Set(named.flatMap(({ values }) => values))];
  const asked = nodes.flatMap(bagAccess);
  return [
    ...names.filter((name) => !isKnownName(name)).map((name) => `unlisted name: ${name}`),
    ...asked.flatMap((access) => accessProblem(access, names)),
    ...compared.flatMap(({ subject, values }) => valueProblems(subject, values)),
  ];
}

function* everyNode(node: SyntaxNode | null): Generator<Named> {
  if (!node) return;
  const kind = load().bridge.getTypeName(node).split('.').pop() ?? '';
  yield { kind, node, text: node.ToString().trim() };
  for (let index = 0; index < (node.ChildCount ?? 0); index += 1) {
    yield* everyNode(node.GetChild(index));
  }
}

const literal = `(?:'[^']*'|"[^"]*")`;
const subject = String.raw`(\w+?|tostring\(customDimensions(?:\.\w+|\[${literal}\])\))`;
const operator = '(?:==|!=|=~|!~|!?in~?|has|contains|startswith)';
/** `subject == 'value'`, `subject in ('one', 'other')`; blanks between them are not told. */
const comparing = new RegExp(
  String.raw`^${subject}\s*${operator}\s*(${literal}|\(${literal}(?:,${literal})*\))$`,
);

function comparison({ kind, text }: Named): { subject: string; values: string[] }[] {
  if (!kind.endsWith('Expression')) return [];
  const [, left, right] = comparing.exec(text) ?? [];
  if (left === undefined || right === undefined) return [];
  const values = [...right.matchAll(/'([^']*)'|"([^"]*)"/g)];
  return [{ subject: left, values: values.map(([, one, two]) => one ?? two ?? '') }];
}

interface Access {
  readonly bag: 'customDimensions' | 'customMeasurements';
  readonly key: string;
}

function bagAccess({ kind, text }: Named): Access[] {
  if (!['ElementExpression', 'PathExpression'].includes(kind)) return [];
  const match = /^(customDimensions|customMeasurements)(?:\.(\w+)|\[['"]([^'"]+)['"]\])$/.exec(
    text,
  );
  const [, bag, path, element] = match ?? [];
  return bag ? [{ bag: bag as Access['bag'], key: path ?? element ?? '' }] : [];
}

const timers = ['reportQuota', 'reconcilePhotos', 'sweepLedger', 'probeEndpoint'];

function isKnownName(name: string): boolean {
  return (
    [events, metrics, spans].some((table) => Object.hasOwn(table, name)) ||
    [endpointProbe, ...timers].includes(name)
  );
}

/** A bag holds what the named events, metrics and spans carry; where none is named, what any does. */
function accessProblem({ bag, key }: Access, names: readonly string[]): string[] {
  const carried = [...Object.entries(events), ...Object.entries(metrics), ...Object.entries(spans)]
    .filter(([name]) => names.length === 0 || names.includes(name))
    .flatMap(([, meaning]) => carriedBy(meaning, bag));
  return carried.includes(key) ? [] : [`unlisted in ${bag} of ${names.join(', ')}: ${key}`];
}

function carriedBy(meaning: object, bag: Access['bag']): readonly string[] {
  const {
    properties,
    dimensions,
    attributes: noted,
    measurements,
  } = meaning as Readonly<Record<string, readonly string[] | undefined>>;
  return bag === 'customMeasurements'
    ? (measurements ?? [])
    : [...(properties ?? []), ...(dimensions ?? []), ...(noted ?? [])];
}

/** A closed attribute is compared with its listed values only. */
function valueProblems(subject: string, values: readonly string[]): string[] {
  const key = /customDimensions(?:\.|\[['"])(\w+)/.exec(subject)?.[1] ?? subject;
  const known: object = Object.hasOwn(attributes, key)
    ? attributes[key as keyof typeof attributes]
    : {};
  const { values: listed } = known as { readonly values?: readonly string[] };
  if (!listed) return [];
  return values
    .filter((value) => !listed.includes(value))
    .map((value) => `unlisted value of ${key}: ${value}`);
}
