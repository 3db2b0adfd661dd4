import assert from 'node:assert/strict';
import { HeldPieces } from '../../../../src/aws/sources/heldPieces.ts';
import type { LogEventsPiece } from '../../../../src/model/invocation.ts';

function piece(n: number, length = 1): LogEventsPiece {
  const names = { functionName: 'charge', logGroupName: '/aws/lambda/charge', logStreamName: 's' };
  const lines = [{ id: `${n}`, at: n, message: 'x'.repeat(length) }];
  return { kind: 'logEvents', requestId: `r${n}`, ...names, from: n, to: n, marks: [], lines };
}

describe('pieces that nobody has asked for yet', () => {
  it('are given once', () => {
    const held = new HeldPieces();
    held.add([piece(1), piece(2), piece(3)]);
    const wanted = ({ requestId }: LogEventsPiece): boolean => requestId !== 'r2';
    assert.deepEqual(held.take(wanted), [piece(1), piece(3)]);
    assert.deepEqual(held.take(wanted), []);
    assert.deepEqual(
      held.take(() => true),
      [piece(2)],
    );
    assert.equal(held.droppedTo, Number.NEGATIVE_INFINITY);
  });

  for (const [what, length, kept] of [
    ['many', 1, 5_000],
    ['large', 500_000, 4],
  ] as const) {
    it(`are so many at most, the oldest are dropped: ${what}`, () => {
      const held = new HeldPieces();
      held.add(Array.from({ length: kept }, (_, n) => piece(n, length)));
      held.add([piece(kept, length), piece(kept + 1, length)]);
      assert.equal(held.droppedTo, 1);
      const left = held.take(() => true);
      assert.deepEqual([left.length, left[0]?.requestId], [kept, 'r2']);
      // What was taken takes no room.
      held.add(Array.from({ length: kept }, (_, n) => piece(n + 10, length)));
      assert.equal(held.droppedTo, 1);
    });
  }
});
