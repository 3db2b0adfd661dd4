import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Distribution } from '../../../../src/local/cloudwatch/distribution.ts';

function of(...values: readonly number[]): Distribution {
  const distribution = new Distribution();
  for (const value of values) distribution.add(value);
  return distribution;
}

describe('what is known of a metric’s values', () => {
  it('is the statistics exactly', () => {
    const { samples, sum, minimum, maximum } = of(23.07555, 1.324593, 342.262281);
    assert.deepEqual([samples, sum, minimum, maximum], [3, 23.07555 + 1.324593 + 342.262281, 1.324593, 342.262281]);
  });

  it('has percentiles within half a percent, and within minimum and maximum', () => {
    const value = fc.double({ min: 0.001, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), fc.integer({ min: 1, max: 100 }), (values, p) => {
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil((p / 100) * values.length) - 1] ?? NaN;
        const found = of(...values).percentile(p) ?? NaN;
        assert.ok(Math.abs(found - exact) <= exact * 0.005_001, `p${p}: ${found}, not ${exact}`);
        assert.ok(found >= (sorted[0] ?? NaN) && found <= (sorted.at(-1) ?? NaN));
      }),
    );
  });

  it('stays small, however many values come', () => {
    const distribution = new Distribution();
    for (let n = 0; n < 100_000; n += 1) distribution.add(1 + n / 100);
    assert.ok((distribution.countsAsText() ?? '').length < 60_000, `${distribution.countsAsText()?.length}`);
  });

  it('is the same in one piece, in two, and out of the database', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9_999, max: 9_999 })), fc.array(fc.integer()), (some, others) => {
        const merged = of(...some);
        const rest = of(...others);
        merged.merge(Distribution.restored(rest, rest.countsAsText()));
        assert.deepEqual(merged, of(...some, ...others));
      }),
    );
  });

  it('counts a value as often as is said', () => {
    const distribution = new Distribution();
    distribution.add(1, 3);
    distribution.add(10, 0.5);
    assert.deepEqual([distribution.samples, distribution.sum, distribution.percentile(50)], [3.5, 8, 1]);
  });

  it('has no percentiles of a statistic set, but of one whose values are all the same', () => {
    const same = new Distribution();
    same.addStatistics(4, 20, 5, 5);
    assert.deepEqual([same.samples, same.sum, same.percentile(90)], [4, 20, 5]);
    const set = of(1);
    set.addStatistics(4, 20, 2, 9);
    assert.deepEqual([set.samples, set.sum, set.minimum, set.maximum], [5, 21, 1, 9]);
    assert.equal(set.percentile(50), undefined);
    const restored = Distribution.restored(set, set.countsAsText());
    restored.merge(of(3));
    assert.equal(restored.percentile(50), undefined);
  });
});
