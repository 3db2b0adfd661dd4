import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import type { DeliveryTarget } from '../../../../src/local/deliveryTargets.ts';
import { QueueHarness, queueArn, startOfTime } from '../../../support/queueHarness.ts';

/** Lets the database grow by no more than `pages`, as if the disk ended there; `undefined`: there is room again. */
function leaveRoom(db: DatabaseSync, pages: number | undefined): void {
  const { page_count: now } = db.prepare('PRAGMA page_count').get() as { readonly page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages === undefined ? 4_294_967_294 : now + pages}`);
}

describe('Event queue on a full disk', () => {
  it('accepts nothing, and goes on when there is room', async () => {
    await using harness = new QueueHarness();
    leaveRoom(harness.db, 0);
    assert.throws(() => harness.send(JSON.stringify('x'.repeat(100_000))), /database or disk is full/);
    leaveRoom(harness.db, undefined);
    harness.send();
    await harness.run();
    assert.deepEqual(
      harness.ofKind('outcome').map(({ requestId }) => requestId),
      ['r2'],
    );
  });

  for (const pages of [0, 20, 100, 120, 140]) {
    it(`runs an event once, and keeps its record until there is room for it (${pages} pages left)`, async () => {
      // A statement of several rows that finds no room leaves the transaction as it was before it.
      const SQS: DeliveryTarget = {
        deliver: (_, body) => {
          harness.db.prepare('INSERT INTO delivered SELECT ? UNION ALL SELECT ?').run(`1 ${body}`, `2 ${body}`);
        },
      };
      await using harness = new QueueHarness({ targets: { SQS } });
      harness.db.exec('CREATE TABLE delivered (body TEXT NOT NULL UNIQUE)');
      harness.functions.configure('fn', { onSuccess: queueArn });
      const room = Promise.withResolvers<void>();
      harness.environments.behave = () => ({ payload: JSON.stringify('x'.repeat(100_000)), until: room.promise });
      harness.send();
      await harness.settle();
      leaveRoom(harness.db, pages);
      room.resolve();
      await harness.settle();
      assert.deepEqual(harness.ofKind('outcome'), []);
      assert.match(harness.log.join('\n'), /database or disk is full/);
      leaveRoom(harness.db, undefined);
      await harness.run();
      assert.equal(harness.environments.requests.length, 1);
      assert.equal(harness.ofKind('outcome').length, 1);
      assert.deepEqual(
        harness.ofKind('delivery').map(({ status }) => status),
        ['delivered'],
      );
      assert.equal(harness.db.prepare('SELECT count(*) AS n FROM delivered').get()?.['n'], 2);
    });
  }

  it('runs no more than it can keep in hand: what can’t be written is not to pile up', async () => {
    await using harness = new QueueHarness({ maxConcurrency: 4 });
    const room = Promise.withResolvers<void>();
    harness.environments.behave = () => ({ payload: JSON.stringify('x'.repeat(100_000)), until: room.promise });
    const sent = Array.from({ length: 40 }, () => harness.send());
    await harness.settle();
    leaveRoom(harness.db, 0);
    room.resolve();
    await harness.settle();
    for (let seconds = 0; seconds < 3; seconds += 1) {
      harness.clock.advance();
      await harness.settle();
    }
    assert.ok(harness.environments.requests.length <= 8, `${harness.environments.requests.length} ran`);
    leaveRoom(harness.db, undefined);
    await harness.run();
    assert.deepEqual(
      harness.environments.requests.map(({ requestId }) => requestId),
      sent,
    );
    assert.equal(harness.ofKind('outcome').length, 40);
  });

  it('takes every place again as soon as there is room, also while others take long', async () => {
    await using harness = new QueueHarness({ maxConcurrency: 3 });
    const long = Promise.withResolvers<void>();
    const payload = JSON.stringify('x'.repeat(100_000));
    // Five end one after the other, and are tried again one after the other.
    harness.environments.behave = (_, nth) => (nth <= 5 ? { payload, takes: nth * 10 } : { until: long.promise });
    for (let at = 0; at < 12; at += 1) harness.send();
    await harness.settle();
    leaveRoom(harness.db, 0);
    await harness.run(() => harness.clock.now() > startOfTime + 200);
    assert.equal(harness.environments.requests.length, 6);
    leaveRoom(harness.db, undefined);
    await harness.run();
    assert.equal(harness.ofKind('outcome').length, 5);
    assert.equal(harness.environments.requests.length, 8);
    long.resolve();
    await harness.run();
    assert.equal(harness.ofKind('outcome').length, 12);
  });
});
