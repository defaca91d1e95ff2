/** What a route may demand of a parameter, `{id:int}`, as ASP.NET reads it. */

export type Constraint = (value: string) => boolean;
type MakeConstraint = (...args: readonly string[]) => Constraint;

const matches = (pattern: RegExp) => () => (value: string) => pattern.test(value);
const number = /^[+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function wholeWithin(min: bigint, max: bigint): MakeConstraint {
  return () => (value) => {
    if (!/^[+-]?\d+$/.test(value)) return false;
    const whole = BigInt(value.replace('+', ''));
    return whole >= min && whole <= max;
  };
}

const isLong = wholeWithin(-(2n ** 63n), 2n ** 63n - 1n)();

const within = (minText: string, maxText: string | undefined) => (value: string) =>
  isLong(value) &&
  BigInt(value) >= BigInt(minText) &&
  (maxText === undefined || BigInt(value) <= BigInt(maxText));

// Source: Routing in ASP.NET Core, Route constraints, 2026-11-25.
const constraints = new Map<string, MakeConstraint>([
  ['int', wholeWithin(-(2n ** 31n), 2n ** 31n - 1n)],
  ['long', () => isLong],
  ['bool', matches(/^(?:true|false)$/i)],
  ['decimal', matches(number)],
  ['double', matches(number)],
  ['float', matches(number)],
  ['guid', matches(/^\{?[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}\}?$/i)],
  ['datetime', () => (value) => !Number.isNaN(Date.parse(value))],
  ['alpha', matches(/^[a-z]*$/i)],
  ['required', () => (value) => value !== ''],
  ['minlength', (min) => (value) => value.length >= Number(min)],
  ['maxlength', (max) => (value) => value.length <= Number(max)],
  [
    'length',
    (min, max = min) =>
      (value) =>
        value.length >= Number(min) && value.length <= Number(max),
  ],
  ['min', (min = '0') => within(min, undefined)],
  ['max', (max = '0') => within(`${-(2n ** 63n)}`, max)],
  ['range', (min = '0', max = '0') => within(min, max)],
]);

/** @throws Error for one that ASP.NET doesn't know: the function can't be served then. */
export function routeConstraint(text: string): Constraint {
  const [, name = '', list] = /^(\w+)(?:\((.*)\))?$/s.exec(text) ?? [];
  if (name === 'regex' && list !== undefined) {
    const pattern = new RegExp(list, 'i');
    return (value) => pattern.test(value);
  }
  const make = constraints.get(name.toLowerCase());
  if (!make) throw new Error(`the route constraint "${text}" is not known`);
  return make(...(list === undefined ? [] : list.split(',').map((each) => each.trim())));
}
