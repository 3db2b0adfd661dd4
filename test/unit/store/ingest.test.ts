import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foldInvocation } from '../../../src/model/foldInvocation.ts';
import type { InvocationPiece } from '../../../src/model/invocation.ts';
import type { InvocationStore } from '../../../src/store/invocationStore.ts';
import { story } from '../../support/invocationPieces.ts';
import { connectionId, nextChange, StoreBench } from './support.ts';

describe('the store takes pieces in', () => {
  let bench: StoreBench;
  let store: InvocationStore;

  beforeEach(async () => {
    bench = await StoreBench.create();
    store = await bench.open();
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  const all = async (): ReturnType<InvocationStore['rows']> => store.rows({ connectionId }, { offset: 0, limit: 100 });

  it('keeps them whole, in one row, over a restart', async () => {
    const pieces = story({ requestId: 'r1', clientToken: 't1', failures: 2, end: 'error', delivered: 'onFailure' });
    const ids = await store.ingest(connectionId, pieces);
    assert.equal(ids.length, 1);
    await store.dispose();
    store = await bench.open();
    const found = await store.get(ids[0] ?? 0);
    assert.deepEqual(found?.invocation, foldInvocation(pieces));
    assert.equal(found.row.status, 'failed');
    assert.equal(found.row.errorMessage, 'card is undefined');
    assert.deepEqual(await all(), { total: 1, rows: [found.row] });
  });

  it('has a row before there is a request id, and binds it', async () => {
    const [sent, ...rest] = story({ requestId: 'r1', clientToken: 't1' });
    assert.ok(sent);
    const [id = 0] = await store.ingest(connectionId, [sent]);
    assert.deepEqual(
      (await all()).rows.map(({ status, requestId }) => [status, requestId]),
      [['sending', undefined]],
    );
    const bound = await store.ingest(connectionId, rest);
    assert.deepEqual(bound.includes(id), true);
    const { rows, total } = await all();
    assert.equal(total, 1);
    assert.deepEqual([rows[0]?.id, rows[0]?.status, rows[0]?.requestId], [id, 'succeeded', 'r1']);
  });

  it('makes one row of two when the stream was faster than the answer', async () => {
    const pieces = story({ requestId: 'r1', clientToken: 't1' });
    const own = pieces.filter((piece) => 'clientToken' in piece);
    const [sent, answer] = own;
    const streamed = pieces.filter((piece) => !own.includes(piece));
    assert.ok(sent && answer);
    const [id] = await store.ingest(connectionId, [sent]);
    const [other] = await store.ingest(connectionId, streamed);
    assert.notEqual(other, id);
    assert.equal((await all()).total, 2);
    const fired = nextChange(store);
    assert.deepEqual(await store.ingest(connectionId, [answer]), [id]);
    // The leading change of the earlier writes may come first.
    let ids = await fired;
    if (!ids.includes(other ?? 0) || !ids.includes(id ?? 0)) ids = [...ids, ...(await nextChange(store))];
    assert.ok(ids.includes(id ?? 0) && ids.includes(other ?? 0), `both are told: ${ids.join(', ')}`);
    const { rows, total } = await all();
    assert.equal(total, 1);
    assert.equal(rows[0]?.id, id);
    assert.equal(await store.get(other ?? 0), undefined);
    assert.deepEqual((await store.get(id ?? 0))?.invocation, foldInvocation(pieces));
    assert.equal((await store.counts({ connectionId })).all, 1);
    assert.equal((await store.rows({ connectionId, text: 'orderId' }, { offset: 0, limit: 9 })).total, 1);
  });

  it('gives the same rows for any order of batches', async () => {
    const pieces = [
      ...story({ requestId: 'r1', clientToken: 't1', failures: 1, end: 'error', delivered: 'onFailure' }),
      ...story({ requestId: 'r2', functionName: 'refund', at: 2_000_000 }),
    ];
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(pieces, { minLength: pieces.length, maxLength: pieces.length }),
        fc.integer({ min: 1, max: pieces.length }),
        async (order, size) => {
          const own = `local:/run${run++}`;
          for (let from = 0; from < order.length; from += size) {
            await store.ingest(own, order.slice(from, from + size));
          }
          const { rows, total } = await store.rows({ connectionId: own }, { offset: 0, limit: 10 });
          assert.equal(total, 2);
          for (const [requestId, name] of [
            ['r1', 'charge'],
            ['r2', 'refund'],
          ] as const) {
            const row = rows.find((candidate) => candidate.requestId === requestId);
            const { invocation } = (await store.get(row?.id ?? 0)) ?? assert.fail('the row is there');
            const expected = pieces.filter((piece) => ('requestId' in piece ? piece.requestId : 'r1') === requestId);
            assert.deepEqual(invocation, foldInvocation(expected));
            assert.equal(row?.functionName, name);
          }
          const counts = await store.counts({ connectionId: own });
          assert.deepEqual([counts.all, counts.failed, counts.succeeded], [2, 1, 1]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('knows where an error was thrown whatever came first, and after another start', async () => {
    const failed = (attempt: number): InvocationPiece => ({
      kind: 'attemptEnded',
      requestId: 'r1',
      attempt,
      startedAt: attempt * 1_000,
      at: attempt * 1_000 + 5,
      executedVersion: '$LATEST',
      status: 'error',
      durationMs: 5,
      logGroupName: '/aws/lambda/charge',
      logStreamName: 'stream',
      response: JSON.stringify({
        errorType: 'TypeError',
        errorMessage: 'no card',
        trace: ['TypeError: no card', `    at pay (/var/task/file${attempt}.js:1:2)`],
      }),
    });
    for (const [index, order] of [
      [1, 2],
      [2, 1],
    ].entries()) {
      for (const attempt of order) {
        const window = await bench.open();
        await window.ingest(`c${index}`, [failed(attempt)]);
        await window.dispose();
      }
      const window = await bench.open();
      assert.deepEqual(
        (await window.errorGroups(`c${index}`, 9)).map(({ frame, number }) => [frame, number]),
        [['file2.js pay', 1]],
      );
    }
  });

  it('changes nothing, and says nothing, when it knows the pieces', async () => {
    const pieces = story({ requestId: 'r1', clientToken: 't1' });
    const first = nextChange(store);
    await store.ingest(connectionId, pieces);
    await first;
    const before = await all();
    let fired = 0;
    const subscription = store.onDidChange(({ ids }) => void (ids.includes(before.rows[0]?.id ?? 0) && fired++));
    assert.deepEqual(await store.ingest(connectionId, pieces.toReversed()), []);
    // Another row's change comes after any that the repeat would have made.
    const next = nextChange(store);
    await store.ingest(connectionId, story({ requestId: 'r2' }));
    await next;
    subscription.dispose();
    assert.equal(fired, 0);
    assert.deepEqual((await all()).rows[1], before.rows[0]);
  });

  it('keeps the stream’s position with the pieces, and never goes back', async () => {
    assert.equal(await store.cursor(connectionId, 's'), 0);
    await store.ingest(connectionId, story({ requestId: 'r1' }), { stream: 's', value: 12 });
    await store.ingest(connectionId, [], { stream: 's', value: 7 });
    assert.equal(await store.cursor(connectionId, 's'), 12);
    assert.equal(await store.cursor(connectionId, 'other'), 0);
    const broken = [{ kind: 'outcome', requestId: 'r9' }, null] as unknown as Parameters<InvocationStore['ingest']>[1];
    await assert.rejects(store.ingest(connectionId, broken, { stream: 's', value: 99 }));
    assert.equal(await store.cursor(connectionId, 's'), 12);
    assert.equal((await all()).total, 1);
  });

  it('takes a token that is used again for another event', async () => {
    await store.ingest(connectionId, story({ requestId: 'r1', clientToken: 't1' }));
    await store.ingest(connectionId, story({ requestId: 'r2', clientToken: 't1' }).slice(1));
    const { rows } = await all();
    assert.deepEqual(
      rows.map(({ requestId, status }) => [requestId, status]),
      [
        ['r2', 'succeeded'],
        ['r1', 'succeeded'],
      ],
    );
  });

  it('keeps connections apart', async () => {
    await store.ingest(connectionId, story({ requestId: 'r1' }));
    await store.ingest('local:/other', story({ requestId: 'r1' }));
    assert.equal((await all()).total, 1);
    assert.equal((await store.counts({})).all, 2);
  });

  it('keeps six megabytes exactly', async () => {
    const payload = JSON.stringify({ text: 'ä"\u2028'.repeat(1_500_000) });
    const [id = 0] = await store.ingest(connectionId, story({ requestId: 'r1', clientToken: 't', payload }));
    const { invocation } = (await store.get(id)) ?? assert.fail('the row is there');
    assert.equal(invocation.sent?.payload, payload);
  });
});
