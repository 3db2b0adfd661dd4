import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { InvocationRow } from '../../../src/model/invocation.ts';
import { NewFailures } from '../../../src/views/notices/newFailures.ts';
import { failureText } from '../../../src/views/notices/noticeText.ts';

const english = (message: string, ...args: (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_all, index: string) => String(args[Number(index)]));

const failed = (id: number, more: Partial<InvocationRow> = {}): InvocationRow => ({
  id,
  connectionId: 'local',
  status: 'failed',
  functionName: 'orders',
  startedAt: 1000,
  updatedAt: 2000,
  endedAt: 2000,
  attempts: 3,
  segments: [],
  ...more,
});

const ids = (failures: NewFailures): readonly number[] => failures.unseen.map(({ id }) => id);

describe('new failures', () => {
  it('are counted once, however often they are met, until someone looks', () => {
    const failures = new NewFailures(1500);
    assert.equal(failures.note([failed(2), failed(1)], false, 2000), 2);
    assert.equal(failures.note([failed(3), failed(2), failed(1)], false, 2100), 1);
    assert.deepEqual(ids(failures), [1, 2, 3]);
    failures.see();
    assert.deepEqual(ids(failures), []);
    assert.equal(failures.note([failed(3)], false, 2200), 0);
    assert.deepEqual(ids(failures), []);
  });

  it('are no more once they are removed or went on, and again when they fail again', () => {
    const failures = new NewFailures(1500);
    failures.note([failed(1), failed(2), failed(3)], false, 2000);
    assert.equal(failures.check(new Set([2, 3, 9]), [failed(3)]), true);
    assert.deepEqual(ids(failures), [1, 3]);
    assert.equal(failures.check(new Set([1]), [failed(1)]), false);
    assert.equal(failures.note([failed(2)], false, 2100), 1);
    assert.deepEqual(ids(failures), [1, 3, 2]);
  });

  it('are none of what failed before, nor of what the person sees happen', () => {
    const failures = new NewFailures(1500);
    assert.equal(failures.note([failed(1, { endedAt: 1400 })], false, 2000), 0);
    failures.note([failed(2)], true, 2000);
    failures.note([failed(2)], false, 2100);
    assert.deepEqual(ids(failures), []);
  });

  it('are told once a burst', () => {
    const failures = new NewFailures(0);
    assert.equal(failures.tellBurst(), false, 'there is nothing to tell');
    failures.note([failed(1)], false, 10_000);
    assert.equal(failures.tellBurst(), true);
    for (let id = 2; id < 50; id++) failures.note([failed(id)], false, 10_000 + (id - 1) * 50_000);
    assert.equal(failures.tellBurst(), false, 'it has not been quiet since');
    failures.note([failed(99)], false, 10_000 + 48 * 50_000 + 60_001);
    assert.equal(failures.tellBurst(), true);
  });

  it('are told in a line', () => {
    const text = (...rows: readonly InvocationRow[]): string => failureText(rows, english);
    assert.equal(
      text(failed(1, { errorType: 'TypeError', errorMessage: 'no stock\nfor cup' })),
      'orders failed: TypeError: no stock for cup',
    );
    assert.equal(text(failed(1, { condition: 'EventAgeExceeded' })), 'orders failed: EventAgeExceeded');
    assert.equal(text(failed(1, { status: 'lost' })), 'orders failed, and nothing caught the event.');
    const many = ['a', 'b', 'b', 'c', 'd', 'e'].map((functionName, id) => failed(id, { functionName }));
    assert.equal(text(...many), '6 invocations failed: b (2), a (1), c (1), 2 more');
    assert.ok(text(failed(1, { errorMessage: 'x'.repeat(500) })).length < 150);
  });
});
