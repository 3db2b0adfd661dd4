import assert from 'node:assert/strict';
import { fuzzJson } from '../../support/fuzz/json.ts';

describe('Any JSON text', () => {
  it('is read and redacted without a throw, as JSON.parse has it', () => {
    const tally = fuzzJson(1, 2_000);
    for (const [what, count] of Object.entries(tally)) assert.ok(count > 300, `${what}: ${count}`);
  });
});
