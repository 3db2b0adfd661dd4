import assert from 'node:assert/strict';
import { fuzzEnvelopes } from '../../../support/fuzz/envelopes.ts';

describe('Anything a destination may hold', () => {
  it('is read as a record, a dead letter or what it is, and nothing of it is lost', () => {
    const tally = fuzzEnvelopes(1, 2_000);
    // That the cases are near the real thing, else they would show nothing.
    for (const [what, count] of Object.entries(tally)) assert.ok(count > 150, `${what}: ${count}`);
  });
});
