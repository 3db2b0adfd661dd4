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

  for (const [pattern, message] of [
    ['{ $.a = 1 }', /does not offer JSON patterns/],
    ['[ip, user]', /does not offer space-delimited patterns/],
    ['%a+%', /does not offer regular expressions/],
    ['a-b', /Invalid character\(s\) in term 'a-b'/],
  ] as const) {
    it(`refuse ${pattern}`, () => {
      assert.throws(() => parseFilterPattern(pattern), { type: 'InvalidParameterException', message });
    });
  }
});
