/** Configuration as .NET reads it: settings lie over the file, and capitals in keys don't matter. */
import { z } from 'zod';
import type { Settings } from './settings.ts';

type Tree = Readonly<Record<string, unknown>>;

const overridePrefix = 'AzureFunctionsJobHost__';

/** `AzureFunctionsJobHost__extensions__queues__batchSize` puts its text over that value. */
export function withOverrides(hostJson: unknown, settings: Settings): unknown {
  return Object.entries(settings)
    .filter(([name]) => name.startsWith(overridePrefix))
    .reduce<unknown>(
      (tree, [name, value]) =>
        withValue(tree, name.slice(overridePrefix.length).split('__'), value),
      hostJson,
    );
}

function withValue(tree: unknown, [key = '', ...rest]: readonly string[], value: string): unknown {
  if (Array.isArray(tree) || (tree === undefined && /^\d+$/.test(key))) {
    const items: unknown[] = [...(tree ?? [])];
    items[Number(key)] = withNext(items[Number(key)], rest, value);
    return items;
  }
  const branch = isTree(tree) ? tree : {};
  const spelled = Object.keys(branch).find((each) => isSame(each, key)) ?? key;
  return { ...branch, [spelled]: withNext(branch[spelled], rest, value) };
}

function withNext(branch: unknown, rest: readonly string[], value: string): unknown {
  return rest.length === 0 ? value : withValue(branch, rest, value);
}

/**
 * The tree with its keys as the schema spells them.
 *
 * @param onUnknown - told of each key that the schema doesn't have.
 */
export function spelledAs(
  schema: z.ZodType,
  value: unknown,
  onUnknown: (path: string) => void,
  path = '',
): unknown {
  const shape = shapeOf(schema);
  if (!shape || !isTree(value)) return value;
  const entries = Object.entries(value).map(([key, branch]) => {
    const spelled = Object.keys(shape).find((each) => isSame(each, key));
    const next = spelled === undefined ? undefined : shape[spelled];
    if (spelled === undefined || !next) {
      onUnknown(path + key);
      return [key, branch] as const;
    }
    return [spelled, spelledAs(next, branch, onUnknown, `${path}${spelled}.`)] as const;
  });
  return Object.fromEntries(entries);
}

function shapeOf(schema: unknown): Record<string, z.ZodType> | undefined {
  if (schema instanceof z.ZodObject) return schema.shape;
  const isWrapped = schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return isWrapped ? shapeOf(schema.unwrap()) : undefined;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
