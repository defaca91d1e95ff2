/** A route such as `items/{id:int}/{*rest}`, read as ASP.NET reads it. */
import { type Constraint, routeConstraint } from './routeConstraints.ts';

export interface RouteParameter {
  readonly name: string;
  readonly isOptional: boolean;
  readonly isRest: boolean;
  readonly fallback: string | undefined;
  readonly constraints: readonly Constraint[];
}

export interface RouteSegment {
  /** Matches the whole segment, one group for each parameter. */
  readonly pattern: RegExp;
  readonly parameters: readonly RouteParameter[];
  /** Lower is tried first: literals, constrained parameters, parameters, the rest. */
  readonly precedence: number;
}

// Doubled brackets are the regular expressions' own: out of the way while the template is taken apart.
const ownOpening = '\uE000';
const ownClosing = '\uE001';

/** @throws Error where a constraint is not known. */
export function routeSegments(template: string): RouteSegment[] {
  const text = template.replaceAll('{{', ownOpening).replaceAll('}}', ownClosing);
  return splitOutside(text, '/', '{}')
    .filter((segment) => segment !== '')
    .map(segmentOf);
}

/** Splits where no bracket is open. */
function splitOutside(text: string, separator: string, [open, close]: string): string[] {
  const pieces = [''];
  let depth = 0;
  for (const char of text) {
    if (char === open) depth += 1;
    else if (char === close) depth -= 1;
    if (char === separator && depth === 0) pieces.push('');
    else pieces.push((pieces.pop() ?? '') + char);
  }
  return pieces;
}

const parameterText = /\{([^{}]+)\}/g;

function segmentOf(text: string): RouteSegment {
  const parameters = [...text.matchAll(parameterText)].map(([, inner = '']) => parameterOf(inner));
  const literals = text.replaceAll(parameterText, '{').split('{');
  const groups = parameters.map(({ isRest }) => (isRest ? '(.*)' : '(.+)'));
  const source = literals
    .map((literal, index) => escaped(literal) + (groups[index] ?? ''))
    .join('');
  return {
    pattern: new RegExp(`^${withOptionalTail(source, parameters)}$`, 'is'),
    parameters,
    precedence: precedenceOf(literals, parameters),
  };
}

/** `name.{extension?}`: without an extension the dot goes too. */
function withOptionalTail(source: string, parameters: readonly RouteParameter[]): string {
  if (parameters.length < 2 || parameters.at(-1)?.isOptional !== true) return source;
  return source.replace(/\(\.\+\)\\\.\(\.\+\)$/, String.raw`(.+?)(?:\.([^.]+))?`);
}

function escaped(literal: string): string {
  return literal.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

// Source: ASP.NET Core, RoutePrecedence.ComputeInbound, 2026-11-25.
function precedenceOf(literals: readonly string[], parameters: readonly RouteParameter[]): number {
  const [only] = parameters;
  if (!only) return 1;
  if (literals.some((literal) => literal !== '')) return 2;
  const isConstrained = only.constraints.length > 0;
  if (only.isRest) return isConstrained ? 4 : 5;
  return isConstrained ? 2 : 3;
}

function parameterOf(inner: string): RouteParameter {
  const text = inner.replaceAll(ownOpening, '{').replaceAll(ownClosing, '}');
  const [, stars = '', name = '', rest = ''] = /^(\*{0,2})(\w+)(.*)$/s.exec(text) ?? [];
  const isOptional = rest.endsWith('?');
  const [demands = '', fallback] = splitOutside(isOptional ? rest.slice(0, -1) : rest, '=', '()');
  const constraints = splitOutside(demands, ':', '()').filter((demand) => demand !== '');
  return {
    name,
    isOptional,
    isRest: stars !== '',
    fallback,
    constraints: constraints.map(routeConstraint),
  };
}
