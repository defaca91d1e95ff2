/** `logging.logLevel` of host.json: the longest category that fits decides what is passed on. */
import type { HostLog, LogLevel } from './options.ts';

const ranks: Readonly<Record<LogLevel, number>> = {
  trace: 0,
  debug: 1,
  information: 2,
  warning: 3,
  error: 4,
  critical: 5,
  none: 6,
};

/** @param levels - by category, `default` for those that none fits. */
export function logFilter(
  levels: Readonly<Record<string, LogLevel>>,
): (log: Pick<HostLog, 'level' | 'category'>) => boolean {
  const rules = Object.entries(levels).map(([prefix, level]) => ({
    prefix: prefix.toLowerCase(),
    rank: ranks[level],
  }));
  const known = new Map<string, number>();

  function minRank(category: string): number {
    const name = category.toLowerCase();
    const fitting = rules
      .filter(({ prefix }) => prefix === 'default' || isBelow(name, prefix))
      .toSorted((one, other) => length(one.prefix) - length(other.prefix));
    return fitting.at(-1)?.rank ?? ranks.information;
  }

  return ({ level, category }) => {
    const rank = known.get(category) ?? minRank(category);
    known.set(category, rank);
    return level !== 'none' && ranks[level] >= rank;
  };
}

const length = (prefix: string) => (prefix === 'default' ? 0 : prefix.length);

function isBelow(category: string, prefix: string): boolean {
  return category === prefix || category.startsWith(`${prefix}.`);
}
