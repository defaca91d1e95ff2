/** App settings, as triggers look them up; the worker has them in its environment. */

export type Settings = Readonly<Record<string, string>>;

export class MissingConnection extends Error {
  override readonly name = 'MissingConnection';
}

/** @throws MissingConnection where neither `name` nor `AzureWebJobs<name>` is set. */
export function connectionOf(settings: Settings, name: string): string {
  const value = settings[name] ?? settings[`AzureWebJobs${name}`];
  if (value !== undefined && value !== '') return value;
  throw new MissingConnection(
    isIdentityBased(settings, name)
      ? `the connection "${name}" goes by an identity (${name}__…): the local host takes connection strings only`
      : `the connection setting "${name}" is missing`,
  );
}

function isIdentityBased(settings: Settings, name: string): boolean {
  const prefixes = [`${name}__`, `AzureWebJobs${name}__`];
  return Object.keys(settings).some((key) => prefixes.some((prefix) => key.startsWith(prefix)));
}

/** Replaces each `%NAME%` by that setting. @throws Error where one is missing. */
export function resolveNames(text: string, settings: Settings): string {
  return text.replaceAll(/%([^%]+)%/g, (_match, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new Error(`the setting "${name}" in "${text}" is missing`);
    return value;
  });
}

/** Functions are switched off one by one with `AzureWebJobs.<name>.Disabled`. */
export function isDisabled(settings: Settings, functionName: string): boolean {
  const value = settings[`AzureWebJobs.${functionName}.Disabled`];
  return value?.toLowerCase() === 'true' || value === '1';
}
