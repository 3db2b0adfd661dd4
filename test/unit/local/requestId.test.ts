import assert from 'node:assert/strict';
import { newRequestId } from '../../../src/local/requestId.ts';

describe('request ids', () => {
  const ids = Array.from({ length: 20_000 }, newRequestId);

  it('are UUIDs of version 4', () => {
    for (const id of ids) assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it('rise with every one, in the twelve digits that come first', () => {
    const beginnings = ids.map((id) => id.slice(0, 13));
    assert.deepEqual(beginnings.toSorted(), beginnings);
    assert.equal(new Set(beginnings).size, ids.length);
  });
});
