/** App settings: in the environment while the host runs, and looked up for triggers. */

export type Settings = Readonly<Record<string, string>>;

/** @returns how to put the environment back. */
export function applySettings(settings: Settings): () => void {
  const before = new Map(Object.keys(settings).map((name) => [name, process.env[name]]));
  Object.assign(process.env, settings);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

/** @throws Error where neither `name` nor `AzureWebJobs<name>` is set. */
export function connectionOf(settings: Settings, name: string): string {
  const value = settings[name] ?? settings[`AzureWebJobs${name}`];
  if (value !== undefined && value !== '') return value;
  throw new Error(`the connection setting "${name}" is missing`);
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
