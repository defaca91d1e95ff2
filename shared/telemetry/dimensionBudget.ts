/**
 * Keeps metrics small: a dimension that people fill (site, tag) has a budget of different values;
 * what comes past it is counted as `other`. The events still tell it whole.
 */
import { attributes, budgetOf, type DimensionName, isOpen } from './catalogue/attributes.ts';

const otherValue = 'other';

/** Past this a value is cut: metrics refuse longer ones. */
const maxValueCharacters = 128;

export type WithinBudget = (
  dimensions: Readonly<Record<string, string | undefined>>,
) => Record<string, string>;

/** One for a process: it remembers the values it has seen, no more of them than are budgeted. */
export function dimensionBudget(): WithinBudget {
  const seen = new Map<string, Set<string>>();
  const kept = (name: DimensionName, value: string): string => {
    if (!isOpen(name)) return value;
    const short = value.slice(0, maxValueCharacters);
    const values = seen.get(name) ?? new Set();
    seen.set(name, values);
    if (values.size < budgetOf(name) - 1) values.add(short);
    return values.has(short) ? short : otherValue;
  };
  return (dimensions) => {
    const present = Object.entries(dimensions).flatMap(([name, value]) =>
      value === undefined || !isDimension(name) ? [] : [[name, kept(name, value)] as const],
    );
    return Object.fromEntries(present);
  };
}

function isDimension(name: string): name is DimensionName {
  if (!Object.hasOwn(attributes, name)) return false;
  const known: object = attributes[name as keyof typeof attributes];
  return 'values' in known || 'budgetCount' in known;
}
