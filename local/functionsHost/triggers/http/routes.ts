/** Which function serves a path: the most particular route first, whatever the capitals. */
import type { AppFunction } from '../../app/appFunction.ts';
import { type RouteParameter, type RouteSegment, routeSegments } from './routeTemplate.ts';

export interface Route {
  readonly called: AppFunction;
  readonly methods: readonly string[];
  readonly segments: readonly RouteSegment[];
}

export interface RouteMatch {
  readonly called: AppFunction;
  readonly parameters: Readonly<Record<string, string>>;
}

export type FindRoute = (method: string, path: string) => RouteMatch | undefined;

/** @throws Error where the template can't be read. */
export function routeOf(called: AppFunction, methods: readonly string[], template: string): Route {
  const upper = methods.map((method) => method.toUpperCase());
  return { called, methods: upper, segments: routeSegments(template) };
}

export function router(routes: readonly Route[]): FindRoute {
  const ranked = routes.toSorted((one, other) => rank(one).localeCompare(rank(other)));
  return (method, path) => {
    const parts = path.split('/').filter(Boolean).map(decodePart);
    for (const { called, methods, segments } of ranked) {
      // A method that isn't listed is not there at all: 404, not 405.
      const parameters = methods.includes(method) ? match(segments, parts) : undefined;
      if (parameters) return { called, parameters };
    }
    return undefined;
  };
}

function rank({ segments }: Route): string {
  return segments.map(({ precedence }) => precedence).join('');
}

function match(
  segments: readonly RouteSegment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const [first] = segment.parameters;
    if (first?.isRest) {
      return take(values, first, parts.slice(index).join('/')) ? values : undefined;
    }
    if (!matchSegment(segment, parts[index], values)) return undefined;
  }
  return parts.length > segments.length ? undefined : values;
}

function matchSegment(
  { pattern, parameters }: RouteSegment,
  part: string | undefined,
  values: Record<string, string>,
): boolean {
  if (part === undefined) {
    const [only] = parameters;
    return only !== undefined && parameters.length === 1 && take(values, only, '');
  }
  const found = pattern.exec(part);
  if (!found) return false;
  return parameters.every((parameter, index) => take(values, parameter, found[index + 1] ?? ''));
}

/** @returns whether the parameter takes this text; nothing is what it falls back to, or left out. */
function take(values: Record<string, string>, parameter: RouteParameter, text: string): boolean {
  const { name, isOptional, isRest, fallback, constraints } = parameter;
  const value = text === '' ? fallback : text;
  if (value === undefined) return isOptional || isRest;
  if (!constraints.every((holds) => holds(value))) return false;
  values[name] = value;
  return true;
}

/** An encoded slash stays encoded, as Kestrel leaves it; what can't be decoded stays as it is. */
function decodePart(part: string): string {
  return part
    .split(/(%2f)/i)
    .map((piece) => (/^%2f$/i.test(piece) ? piece : decoded(piece)))
    .join('');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
