/** The path of a blob trigger: which container it watches and what `{name}` stands for. */

export interface BlobPattern {
  readonly container: string;
  /** @returns the path's parameters, none of them where the blob doesn't fit. */
  match(container: string, blobName: string): Readonly<Record<string, string>>;
}

export function blobPattern(path: string): BlobPattern {
  const slash = path.indexOf('/');
  const container = slash < 0 ? path : path.slice(0, slash);
  const blobPart = slash < 0 ? '{name}' : path.slice(slash + 1);
  const names = [...blobPart.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const literals = blobPart.split(/\{\w+\}/);
  const source = literals
    .map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('(.+)');
  const pattern = new RegExp(`^${source}$`, 's');
  return {
    container,
    match(candidate, blobName) {
      const found = candidate === container ? pattern.exec(blobName) : null;
      if (!found) return {};
      return Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? '']));
    },
  };
}
