import assert from 'node:assert/strict';
import { compareNames } from '../../../src/model/compareNames.ts';

describe('names', () => {
  it('are in the order people expect', () => {
    const names = ['orders-10', 'Orders-2', 'orders-1', 'charge'];
    assert.deepEqual(names.toSorted(compareNames), ['charge', 'orders-1', 'Orders-2', 'orders-10']);
  });

  it('are put in order without making a collator for each two: 10,000 functions must not hold the window up', () => {
    const names = Array.from({ length: 3_000 }, (_, index) => `function-${(index * 7919) % 3_000}-x`);
    const took = (compare: (a: string, b: string) => number): number => {
      const from = performance.now();
      names.toSorted(compare);
      return performance.now() - from;
    };
    took(compareNames);
    assert.ok(took(compareNames) * 2 < took((a, b) => a.localeCompare(b, 'en', { numeric: true })));
  });
});
