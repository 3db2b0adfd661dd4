import assert from 'node:assert/strict';
import { median, meets } from '../../../scripts/bench/result.ts';
import { resultLine, tableOf } from '../../../scripts/bench/table.ts';

describe('bench results', () => {
  it('are held against their goal', () => {
    const cases = [
      [5, '< 5', false],
      [5, '<= 5', true],
      [4.9, '< 5', true],
      [5, '> 4.5', true],
      [5, '>= 5', true],
      [0, '= 0', true],
      [-1, '>= -0.5', false],
      [200, '< 300 ms', true],
    ] as const;
    for (const [value, goal, met] of cases) assert.equal(meets({ value, goal }), met, `${value} ${goal}`);
    assert.throws(() => meets({ value: 1, goal: 'fast' }), RangeError);
  });

  it('are one line of JSON each', () => {
    const line = resultLine({ name: 'record on screen', value: 120, unit: 'ms', goal: '< 300' });
    assert.equal(line, '{"name":"record on screen","value":120,"unit":"ms","goal":"< 300","met":true}');
  });

  it('are a table for people', () => {
    const table = tableOf([
      { name: 'a', value: 1234.5678, unit: 'ms', goal: '< 1' },
      { name: 'longer', value: 1, unit: '', goal: '>= 1' },
    ]);
    assert.equal(
      table,
      ['name    value  unit  goal', 'a        1235  ms    < 1   NOT met', 'longer      1        >= 1  met', ''].join(
        '\n',
      ),
    );
  });

  it('have a median', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.ok(Number.isNaN(median([])));
  });
});
