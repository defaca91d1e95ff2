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
    const present: Record<string, string> = {};
    for (const [name, value] of Object.entries(dimensions)) {
      if (value !== undefined && isDimension(name)) present[name] = kept(name, value);
    }
    return present;
  };
}

/** Looked up for every count: the catalogue is gone through once. */
const dimensionNames: ReadonlySet<string> = new Set(
  Object.entries(attributes).flatMap(([name, known]) =>
    'values' in known || 'budgetCount' in known ? [name] : [],
  ),
);

function isDimension(name: string): name is DimensionName {
  return dimensionNames.has(name);
}
