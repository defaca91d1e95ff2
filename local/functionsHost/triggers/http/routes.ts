/** Which function serves a path: literal segments before parameters, whatever the capitals. */
import type { AppFunction } from '../../app/loadApp.ts';

export interface Route {
  readonly called: AppFunction;
  readonly methods: readonly string[];
  readonly template: string;
}

export interface RouteMatch {
  readonly called: AppFunction;
  readonly parameters: Readonly<Record<string, string>>;
}

export type FindRoute = (method: string, path: string) => RouteMatch | undefined;

interface Segment {
  readonly kind: 'literal' | 'parameter' | 'rest';
  readonly text: string;
  readonly isOptional: boolean;
}

export function router(routes: readonly Route[]): FindRoute {
  const compiled = routes
    .map((route) => ({
      ...route,
      segments: route.template.split('/').filter(Boolean).map(segment),
    }))
    .toSorted((one, other) => rank(one.segments).localeCompare(rank(other.segments)));
  return (method, path) => {
    const parts = path.split('/').filter(Boolean);
    for (const { called, methods, segments } of compiled) {
      // A method that isn't listed is not there at all: 404, not 405.
      const parameters = methods.includes(method) ? match(segments, parts) : undefined;
      if (parameters) return { called, parameters };
    }
    return undefined;
  };
}

function segment(text: string): Segment {
  const [, star, name, optional] = /^\{(\*{0,2})(\w+)(?::[^}?]+)?(\?)?\}$/.exec(text) ?? [];
  if (name === undefined) return { kind: 'literal', text: text.toLowerCase(), isOptional: false };
  return star
    ? { kind: 'rest', text: name, isOptional: true }
    : { kind: 'parameter', text: name, isOptional: optional !== undefined };
}

function rank(segments: readonly Segment[]): string {
  const ranks = { literal: '0', parameter: '1', rest: '2' };
  return segments.map(({ kind }) => ranks[kind]).join('');
}

function match(
  segments: readonly Segment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, { kind, text, isOptional }] of segments.entries()) {
    if (kind === 'rest') {
      parameters[text] = parts.slice(index).map(decodePart).join('/');
      return parameters;
    }
    const part = parts[index];
    if (part === undefined) {
      if (isOptional) continue;
      return undefined;
    }
    if (kind === 'parameter') parameters[text] = decodePart(part);
    else if (part.toLowerCase() !== text) return undefined;
  }
  return parts.length > segments.length ? undefined : parameters;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
