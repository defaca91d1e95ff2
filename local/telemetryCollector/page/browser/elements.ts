/** Makes elements; texts are set as texts, so that no name can become markup. */

type Child = Node | string;

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** @throws Error where the page has no such element. */
export function byId<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${id}`);
}

const figures = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const wholes = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function figure(value: number | null): string {
  if (value === null) return '–';
  return Math.abs(value) >= 100 ? wholes.format(value) : figures.format(value);
}

/** As clocks here have it. */
export function clock(atMs: number): string {
  return new Date(atMs).toLocaleTimeString('en-GB');
}
