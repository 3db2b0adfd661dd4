import assert from 'node:assert/strict';
import { fuzzFilters } from '../../../support/fuzz/filters.ts';

describe('Anything in the filter box', () => {
  it('is read without a throw, and means the same when it is printed', () => {
    const tally = fuzzFilters(1, 2_000);
    for (const [what, count] of Object.entries(tally)) assert.ok(count > 500, `${what}: ${count}`);
  });
});
