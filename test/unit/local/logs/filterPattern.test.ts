import assert from 'node:assert/strict';
import { parseFilterPattern } from '../../../../src/local/logs/filterPattern.ts';

describe('CloudWatch Logs filter patterns', () => {
  for (const [pattern, yes, no] of [
    ['', ['anything', ''], []],
    ['ERROR', ['an ERROR here', 'ERRORS'], ['error']],
    ['a b', ['b a'], ['a', 'b']],
    ['"a b"', ['xa bx'], ['b a', 'a  b']],
    ['"say \\"hi\\""', ['say "hi"'], ['say hi']],
    ['ERROR -exit', ['ERROR'], ['ERROR exit', 'x']],
    ['-"a b"', ['a', 'b'], ['a b']],
    ['?a ?"b c"', ['a', 'b c'], ['b', 'c']],
    ['?a b', ['b'], ['a']],
    ['"START RequestId: e2d2-4c"', ['START RequestId: e2d2-4c Version: $LATEST\n'], ['END RequestId: e2d2-4c']],
  ] as const) {
    it(`understand ${pattern || 'nothing'}`, () => {
      const matches = parseFilterPattern(pattern);
      assert.deepEqual(yes.filter(matches), yes);
      assert.deepEqual(no.filter(matches), []);
    });
  }

  const json = (value: unknown): string => JSON.stringify(value);
  for (const [pattern, yes, no] of [
    ['{ $.level = "ERROR" }', [json({ level: 'ERROR' })], [json({ level: 'WARN' }), json({}), 'ERROR', '{"level":']],
    ['{$.level=ERROR}', [json({ level: 'ERROR' })], [json({ level: 'ERRORS' })]],
    ['{ $.level != "ERROR" }', [json({ level: 'WARN' })], [json({ level: 'ERROR' }), json({}), json({ level: {} })]],
    ['{ $.name = fn* }', [json({ name: 'fn-1' }), json({ name: 'fn' })], [json({ name: 'a-fn' })]],
    ['{ $.name = "*a b*c" }', [json({ name: 'xa b..c' })], [json({ name: 'a bc.' }), json({ name: 'c' })]],
    ['{ $.n = 200 }', [json({ n: 200 }), '{"n":2e2}', json({ n: '200' })], [json({ n: 2000 })]],
    ['{ $.n = 4* }', [json({ n: 404 }), json({ n: '4xx' })], [json({ n: 504 })]],
    ['{ $.n > 75 }', [json({ n: 75.1 }), json({ n: '80' })], [json({ n: 75 }), json({ n: 'x' }), json({ n: null })]],
    ['{ $.n >= 1e-2 && $.n <= -.5e+2 || $.n < -1 }', [json({ n: -2 })], [json({ n: 1 })]],
    ['{ $.a = 1 && ($.b = 2 || $.c = 3) }', [json({ a: 1, c: 3 })], [json({ a: 2, b: 2 }), json({ a: 1 })]],
    ['{ $.a = 1 || $.b = 2 && $.c = 3 }', [json({ a: 1 }), json({ b: 2, c: 3 })], [json({ b: 2 })]],
    ['{ ($.a IS NULL) }', [json({ a: null })], [json({}), json({ a: 0 })]],
    ['{ $.a.b NOT EXISTS }', [json({ a: {} }), json({ a: 1 })], [json({ a: { b: null } }), 'text']],
    ['{ $.a IS TRUE }', [json({ a: true })], [json({ a: 'true' })]],
    ['{ $.a IS FALSE }', [json({ a: false })], [json({ a: null }), json({})]],
    ['{ $.list[1].id = "b" }', [json({ list: [{ id: 'a' }, { id: 'b' }] })], [json({ list: [{ id: 'b' }] })]],
    ['{ $.list[*].id = "b" }', [json({ list: [{ id: 'a' }, { id: 'b' }] })], [json({ list: [] }), json({ list: 'b' })]],
    ['{ $.list = "b" }', [], [json({ list: ['b'] })]],
    ["{ $.['a.b'].c-d = 1 }", [json({ 'a.b': { 'c-d': 1 } })], [json({ a: { b: { 'c-d': 1 } } })]],
    ['{ $.toString NOT EXISTS }', [json({})], []],
    ['{ $.m = %^a\\d+$% }', [json({ m: 'a12' })], [json({ m: 'ab' })]],
    ['[]', [''], ['a']],
    ['[ip, user, bytes]', ['1 2 3\n'], ['1 2', '1 2 3 4']],
    ['[ip, "GET"]', ['1 GET'], ['1 PUT']],
    [
      '[..., status = 4* && status != 404, bytes > 1000]',
      ['a [b c] "d e" 403 1001', '403 1001'],
      ['x 404 1001', '1001'],
    ],
    ['[first, ...]', ['a', 'a b c'], ['']],
    ['%a+b%', ['xaab'], ['b']],
    ['-%\\d% "x"', ['x'], ['x1']],
  ] as const) {
    it(`understand ${pattern}`, () => {
      const matches = parseFilterPattern(pattern);
      assert.deepEqual(yes.filter(matches), yes);
      assert.deepEqual(no.filter(matches), []);
    });
  }

  it('take wildcards in a time that grows with the text', () => {
    const matches = parseFilterPattern(`{ $.a = "${'*a'.repeat(100)}*b" }`);
    assert.equal(matches(json({ a: 'a'.repeat(100_000) })), false);
  });

  for (const [pattern, message] of [
    ['{ $.a }', /an operator .* is expected at character 7 of \{ \$\.a \}/],
    ['{ a = 1 }', /a selector/],
    ['{ $.a = 1', /} is expected/],
    ['{ $.a = 1 } b', /nothing more is expected/],
    ['{ $.a > "x" }', /> compares numbers, and x is none/],
    ['{ ($.a = 1 }', /\) is expected/],
    [`{ ${'('.repeat(60)} }`, /parentheses go too deep/],
    ['[a = 1 && b = 2]', /a is expected/],
    ['[..., ...]', /may stand once/],
    ['%(a+)+%', /groups are not supported/],
    ['%[%', /is not a regular expression/],
    ['%a% %b% %c%', /2 regular expressions/],
    ['a-b', /Invalid character\(s\) in term 'a-b'/],
    ['a'.repeat(1025), /at 'filterPattern' failed to satisfy constraint: Member must have length less than/],
  ] as const) {
    it(`refuse ${pattern.slice(0, 40)}`, () => {
      assert.throws(() => parseFilterPattern(pattern), { type: 'InvalidParameterException', message });
    });
  }
});
