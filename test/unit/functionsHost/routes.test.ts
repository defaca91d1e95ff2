import { describe, expect, it } from 'vitest';
import type { AppFunction } from '../../../local/functionsHost/app/appFunction.ts';
import type { HttpTrigger } from '../../../local/functionsHost/app/functionMetadata.ts';
import { routeOf, router } from '../../../local/functionsHost/triggers/http/routes.ts';

function called(name: string): AppFunction {
  const trigger: HttpTrigger = { type: 'httptrigger', methods: [], authLevel: 'anonymous' };
  const metadata = { name, bindings: {} };
  return { name, metadata, trigger, bindingName: 'in', retryPolicy: undefined };
}

/** The parameters that the template finds in the path. */
function found(template: string, path: string) {
  return router([routeOf(called('only'), ['GET'], template)])('GET', path)?.parameters;
}

describe('a route', () => {
  it.each([
    ['items/{id}', '/ITEMS/a%20b', { id: 'a b' }],
    ['items/{id}', '/items/a%2Fb%zz', { id: 'a%2Fb%zz' }],
    ['items/{id?}', '/items', {}],
    ['items/{id=7}', '/items', { id: '7' }],
    ['items/{id=7}', '/items/8', { id: '8' }],
    ['{a}/{*rest}', '/x/y/z', { a: 'x', rest: 'y/z' }],
    ['{a}/{**rest}', '/x', { a: 'x' }],
    ['{from}-{to}', '/a-b-c', { from: 'a-b', to: 'c' }],
    ['file/{name}.{extension?}', '/file/a.b.jpg', { name: 'a.b', extension: 'jpg' }],
  ])('%s takes %s apart', (template, path, expected) => {
    expect(found(template, path)).toStrictEqual(expected);
  });

  it.each([
    ['items/{id}', '/items'],
    ['items/{id}', '/items/1/2'],
    ['items/{id?}', '/item/1'],
    ['v{version}', '/v'],
  ])('%s does not fit %s', (template, path) => {
    expect(found(template, path)).toBeUndefined();
  });

  it.each([
    ['int', '-12', '2147483648'],
    ['long', '9223372036854775807', '9223372036854775808'],
    ['bool', 'TRUE', 'yes'],
    ['double', '-1.5e3', 'x'],
    ['guid', '4c5de2b2-0000-0000-0000-0123456789ab', '4c5de2b2'],
    ['datetime', '2026-11-25', 'someday'],
    ['alpha', 'abc', 'a1'],
    ['minlength(2)', 'ab', 'a'],
    ['maxlength(2)', 'ab', 'abc'],
    ['length(2)', 'ab', 'abc'],
    ['length(2,3)', 'abc', 'a'],
    ['min(5)', '5', '4'],
    ['max(5)', '5', '6'],
    ['range(1,5)', '5', '0'],
    ['regex(^\\d{{3}}-[a-z]$)', '123-A', '12-a'],
    ['int:min(1)', '1', '0'],
  ])('with the constraint %s takes %s and not %s', (constraint, fitting, other) => {
    expect(found(`{id:${constraint}}`, `/${fitting}`)).toStrictEqual({ id: fitting });
    expect(found(`{id:${constraint}}`, `/${other}`)).toBeUndefined();
  });

  it('leaves an optional constrained parameter out where there is none', () => {
    expect(found('items/{id:int?}', '/items')).toStrictEqual({});
    expect(found('items/{id:int?}', '/items/x')).toBeUndefined();
  });

  it('with a constraint that nobody knows can’t be served', () => {
    expect(() => routeOf(called('odd'), ['GET'], '{id:prime}')).toThrow('"prime"');
  });

  it('that is more particular comes first, in whatever order they are registered', () => {
    const templates = ['{*rest}', 'a/{b}', 'a/{b:int}', 'a/literal'];
    const find = router(templates.map((template) => routeOf(called(template), ['GET'], template)));

    const served = ['/a/literal', '/a/5', '/a/x', '/other'].map((path) => find('GET', path));

    expect(served.map((match) => match?.called.name)).toStrictEqual([
      'a/literal',
      'a/{b:int}',
      'a/{b}',
      '{*rest}',
    ]);
  });

  it('serves the methods it lists and no others', () => {
    const find = router([
      routeOf(called('read'), ['get'], 'x'),
      routeOf(called('write'), ['post'], 'x'),
    ]);

    expect(find('POST', '/x')?.called.name).toBe('write');
    expect(find('DELETE', '/x')).toBeUndefined();
    expect(find('HEAD', '/x')).toBeUndefined();
  });
});
