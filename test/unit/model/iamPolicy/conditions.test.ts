import assert from 'node:assert/strict';
import fc from 'fast-check';
import { holds, isConditionOperator } from '../../../../src/model/iamPolicy/conditions.ts';

/** Whether a condition on `k` holds for a request whose `k` has these values. */
function judge(operator: string, wanted: readonly string[], actual?: readonly string[]): boolean {
  const context = new Map(actual ? [['k', actual]] : []);
  return holds({ operator, key: 'K', values: wanted }, context, undefined);
}

describe('conditions of IAM policies', () => {
  const comparisons: readonly (readonly [operator: string, actual: string, wanted: string, expected: boolean])[] = [
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 'ab', 'a*', false],
    ['StringEqualsIgnoreCase', 'a', 'A', true],
    ['StringLike', 'ab', 'a*', true],
    ['StringLike', 'ab', 'A*', false],
    ['ArnLike', 'arn:aws:sns:r:1:a', 'arn:aws:sns:*:1:?', true],
    ['ArnLike', 'arn:aws:sns:r:1:a', 'arn:aws:sns:*:a', false],
    ['ArnEquals', 'arn:aws:sns:r:1:a', 'arn:aws:sns:*:*:a', true],
    ['Bool', 'true', 'True', true],
    ['Bool', 'true', 'false', false],
    ['NumericEquals', '10', '10.0', true],
    ['NumericLessThan', '9', '10', true],
    ['NumericLessThan', '10', '10', false],
    ['NumericLessThanEquals', '10', '10', true],
    ['NumericGreaterThan', '11', '10', true],
    ['NumericGreaterThanEquals', '9', '10', false],
    ['NumericEquals', 'ten', 'ten', false],
    ['DateLessThan', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', true],
    ['DateGreaterThan', '1767225601', '2026-01-01T00:00:00Z', true],
    ['DateEquals', '1767225600', '2026-01-01T00:00:00Z', true],
    ['IpAddress', '203.0.113.7', '203.0.113.0/24', true],
    ['IpAddress', '203.0.114.7', '203.0.113.0/24', false],
    ['IpAddress', '203.0.113.7', '203.0.113.7/32', true],
    ['IpAddress', '203.0.113.7', 'nonsense/x', false],
    ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', true],
  ];
  for (const [operator, actual, wanted, expected] of comparisons) {
    it(`${operator}: ${actual} ${expected ? 'agrees' : 'does not agree'} with ${wanted}`, () => {
      assert.equal(judge(operator, [wanted], [actual]), expected);
      assert.equal(judge(operator, ['other/value', wanted], [actual]), expected, 'one value of several is enough');
    });
  }

  it('negated ones hold where no value agrees, and where there is no key', () => {
    for (const operator of ['StringNotEquals', 'StringNotLike', 'StringNotEqualsIgnoreCase', 'ArnNotLike']) {
      assert.equal(judge(operator, ['a', 'b'], ['a']), false, operator);
      assert.equal(judge(operator, ['a', 'b'], ['c']), true, operator);
      assert.equal(judge(operator, ['a'], undefined), true, operator);
    }
    assert.equal(judge('NumericNotEquals', ['1'], ['2']), true);
    assert.equal(judge('NotIpAddress', ['203.0.113.0/24'], ['203.0.114.1']), true);
  });

  it('ask for a key’s absence', () => {
    assert.deepEqual(
      [
        judge('Null', ['true']),
        judge('Null', ['false']),
        judge('Null', ['true'], ['a']),
        judge('Null', ['false'], ['a']),
      ],
      [true, false, false, true],
    );
  });

  it('of one value, of all and of any follow IAM’s table for missing keys and several values', () => {
    const values = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 });
    const wanted = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(values, wanted, fc.boolean(), (actual, expected, ifExists) => {
        const suffix = ifExists ? 'IfExists' : '';
        const context = actual.length === 0 ? undefined : actual;
        const isMissing = actual.length === 0;
        const common = actual.filter((value) => expected.includes(value));
        const check = (operator: string, result: boolean): void =>
          assert.equal(judge(`${operator}${suffix}`, expected, context), result, operator);
        check('StringEquals', isMissing ? ifExists : common.length > 0);
        check('StringNotEquals', common.length === 0);
        check('ForAllValues:StringEquals', common.length === actual.length);
        check('ForAnyValue:StringEquals', isMissing ? ifExists : common.length > 0);
        check('ForAllValues:StringNotEquals', common.length === 0);
        check('ForAnyValue:StringNotEquals', isMissing ? ifExists : common.length < actual.length);
      }),
    );
  });

  it('know their operators', () => {
    for (const name of ['StringLike', 'StringLikeIfExists', 'ForAnyValue:StringLike', 'Null', 'BoolIfExists']) {
      assert.equal(isConditionOperator(name), true, name);
    }
    for (const name of ['StringFoo', 'ForSomeValues:StringLike', 'NullIfExists', 'constructor', '']) {
      assert.equal(isConditionOperator(name), false, name);
    }
  });
});
