import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { InvocationStore } from '../../../src/store/invocationStore.ts';
import { story } from '../../support/invocationPieces.ts';
import { connectionId, StoreBench } from './support.ts';

describe('the store answers', () => {
  let bench: StoreBench;
  let store: InvocationStore;

  before(async () => {
    bench = await StoreBench.create();
    store = await bench.open();
    for (let number = 1; number <= 12; number++) {
      await store.ingest(
        connectionId,
        story({
          requestId: `8ea123e4-0000-4000-8000-${String(number).padStart(12, '0')}`,
          functionName: number % 2 === 0 ? 'charge' : 'refund',
          payload: JSON.stringify({ orderId: number, note: number === 7 ? '100% "Größe" _x' : 'plain' }),
          end: number % 3 === 0 ? 'error' : 'success',
          ...(number === 6 ? { delivered: 'onFailure' as const } : {}),
          error: { type: 'StockError', message: `no stock for item ${number}` },
        }),
      );
    }
  });

  after(() => bench[Symbol.asyncDispose]());

  const found = async (query: Parameters<InvocationStore['rows']>[0]): Promise<number[]> => {
    const { rows, total } = await store.rows({ connectionId, ...query }, { offset: 0, limit: 100 });
    assert.equal(total, rows.length);
    const counts = await store.counts({ connectionId, ...query });
    assert.equal(counts.all, total);
    return rows.map(({ id }) => id);
  };

  it('newest first, in windows', async () => {
    assert.deepEqual(await found({}), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    const window = await store.rows({ connectionId }, { offset: 3, limit: 2 });
    assert.deepEqual([window.total, ...window.rows.map(({ id }) => id)], [12, 9, 8]);
    assert.deepEqual((await store.rows({ connectionId }, { offset: 50, limit: 2 })).rows, []);
  });

  it('by each condition, and by all of them', async () => {
    assert.deepEqual(await found({ statuses: ['lost'] }), [12, 9, 3]);
    assert.deepEqual(await found({ statuses: ['lost', 'failed'] }), [12, 9, 6, 3]);
    assert.deepEqual(await found({ statuses: ['running', 'waiting'] }), []);
    assert.deepEqual(await found({ functionName: 'charge' }), [12, 10, 8, 6, 4, 2]);
    assert.deepEqual(await found({ requestId: '8ea123e4-0000-4000-8000-000000000005' }), [5]);
    assert.deepEqual(await found({ maxId: 3 }), [3, 2, 1]);
    assert.deepEqual(await found({ ids: [3, 99, 8, 4] }), [8, 4, 3]);
    assert.deepEqual(await found({ ids: [3, 8, 4], functionName: 'charge' }), [8, 4]);
    assert.deepEqual(await found({ ids: [3], connectionId: 'local:/elsewhere' }), []);
    assert.deepEqual(await found({ ids: [] }), []);
    assert.deepEqual(
      await found({ maxId: 9, functionName: 'charge', statuses: ['failed', 'lost'], text: 'stock' }),
      [6],
    );
    assert.deepEqual(await found({ connectionId: 'local:/elsewhere' }), []);
  });

  it('by text in function, request id, error and payload', async () => {
    assert.deepEqual(await found({ text: 'REFUND' }), [11, 9, 7, 5, 3, 1]);
    assert.deepEqual(await found({ text: '000000000011' }), [11]);
    assert.deepEqual(await found({ text: 'stock for 000000000012' }), [12]);
    assert.deepEqual(await found({ text: 'StockErr' }), [12, 9, 6, 3]);
    assert.deepEqual(await found({ text: '"orderId":4' }), [4]);
    assert.deepEqual(await found({ text: 'größe' }), [7]);
    assert.deepEqual(await found({ text: 'charge stock' }), [12, 6], 'all words, each anywhere');
    assert.deepEqual(await found({ text: '   ' }), await found({}));
  });

  it('by texts too short for the index', async () => {
    assert.deepEqual(await found({ text: 'ge' }), [12, 10, 8, 6, 4, 2]);
    assert.deepEqual(await found({ text: '%' }), [7]);
    assert.deepEqual(await found({ text: '_x' }), [7]);
    assert.deepEqual(await found({ text: '9 st' }), [9]);
  });

  it('takes no text for a query', async () => {
    for (const text of [
      '"',
      '""',
      'a AND',
      'NEAR(a b)',
      '^x',
      'text:*',
      '(',
      '-refund',
      "'; DROP TABLE search",
      'a\0b',
      '\\',
    ]) {
      assert.ok(Array.isArray(await found({ text })), text);
    }
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), async (text) => {
        await found({ text });
      }),
      { numRuns: 200 },
    );
  });

  it('counts by status', async () => {
    const counts = await store.counts({ connectionId });
    assert.deepEqual([counts.all, counts.succeeded, counts.failed, counts.lost, counts.queued], [12, 8, 1, 3, 0]);
    const some = await store.counts({ connectionId, text: 'refund' });
    assert.deepEqual([some.all, some.succeeded, some.lost], [6, 4, 2]);
    const ofStatus = await store.counts({ connectionId, statuses: ['lost'] });
    assert.deepEqual([ofStatus.all, ofStatus.lost, ofStatus.succeeded], [3, 3, 0]);
  });

  it('says that a row is not there', async () => {
    assert.equal(await store.get(999), undefined);
  });
});
