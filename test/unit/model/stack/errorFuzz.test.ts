import assert from 'node:assert/strict';
import { fuzzErrors } from '../../../support/fuzz/errors.ts';

describe('Any payload of a failed attempt', () => {
  it('is read without a throw', () => {
    const tally = fuzzErrors(1, 2_000);
    for (const [what, count] of Object.entries(tally)) assert.ok(count > 1_000, `${what}: ${count}`);
  });
});
