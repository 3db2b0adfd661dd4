import assert from 'node:assert/strict';
import fc from 'fast-check';
import { eventId, parseEventId } from '../../../../src/local/logs/eventPosition.ts';

const positions = fc.record({ at: fc.nat({ max: 4_102_444_800_000 }), id: fc.nat({ max: Number.MAX_SAFE_INTEGER }) });

describe('Event ids', () => {
  it('have 56 digits and give the position back', () => {
    fc.assert(
      fc.property(positions, (position) => {
        const id = eventId(position);
        assert.match(id, /^\d{56}$/);
        assert.deepEqual(parseEventId(id), { ...position });
      }),
    );
  });

  it('rise as positions do', () => {
    fc.assert(
      fc.property(positions, positions, (one, other) => {
        const before = one.at === other.at ? one.id < other.id : one.at < other.at;
        assert.equal(eventId(one) < eventId(other), before);
      }),
    );
  });

  it('are nothing else', () => {
    for (const text of ['', '1', '9'.repeat(56), 'x'.repeat(56)]) assert.equal(parseEventId(text), undefined);
  });
});
