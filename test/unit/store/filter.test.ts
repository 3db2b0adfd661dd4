import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { InvocationRow } from '../../../src/model/invocation.ts';
import { parseFilter } from '../../../src/model/query/parseFilter.ts';
import { orderColumns, type InvocationQuery, type InvocationStore } from '../../../src/store/invocationStore.ts';
import { story } from '../../support/invocationPieces.ts';
import { connectionId, StoreBench } from './support.ts';

const start = Date.UTC(2026, 10, 25, 10);
const numberOfRows = 240;

/** Rows of all sorts, the number in the payload. */
function rowPieces(number: number): ReturnType<typeof story> {
  const fails = number % 3 === 0;
  const functions = ['orders', 'Orders-v2', 'refund', 'charge'];
  return story({
    requestId: `8ea123e4-0000-4000-8000-${String(number).padStart(12, '0')}`,
    functionName: functions[number % 4] ?? '',
    at: start + number * 60_000,
    failures: number % 2,
    payload: JSON.stringify({
      id: number,
      big: number === 7 ? 'BIG' : undefined,
      tags: [`t${number % 5}`, { deep: number % 10 === 0 }],
      name: number % 6 === 0 ? 'Ada Lovelace' : 'Grace Hopper',
    }).replace('"BIG"', '9007199254740993'),
    end: fails ? 'error' : 'success',
    error: {
      type: number % 2 === 0 ? 'StockError' : 'TypeError',
      message: `no stock for item ${number} of ${number % 7}`,
    },
    ...(number % 5 === 0 ? { delivered: fails ? ('onFailure' as const) : ('onSuccess' as const) } : {}),
  });
}

describe('the store, asked by filters', () => {
  let bench: StoreBench;
  let store: InvocationStore;
  let all: readonly InvocationRow[];

  before(async () => {
    bench = await StoreBench.create();
    store = await bench.open();
    // Another connection's rows are never meant.
    await store.ingest('local:/other', story({ requestId: 'other', functionName: 'orders' }));
    for (let from = 1; from <= numberOfRows; from += 48) {
      await store.ingest(connectionId, Array.from({ length: 48 }, (_, index) => rowPieces(from + index)).flat());
    }
    ({ rows: all } = await store.rows({ connectionId }, { offset: 0, limit: 1_000 }));
    assert.equal(all.length, numberOfRows);
  });

  after(() => bench[Symbol.asyncDispose]());

  const numberOf = ({ requestId = '' }: InvocationRow): number => Number(requestId.slice(-12));
  const found = async (text: string, query: InvocationQuery = {}): Promise<number[]> => {
    const { filter, problems } = parseFilter(text);
    assert.deepEqual(problems, [], text);
    const asked = { connectionId, filter, ...query };
    const { rows, total, incomplete } = await store.rows(asked, { offset: 0, limit: 1_000 });
    assert.equal(incomplete, undefined);
    assert.equal(total, rows.length);
    assert.equal((await store.counts(asked)).all, total);
    const streamed: InvocationRow[] = [];
    const searched = await store.search(asked, 1_000, { onProgress: (progress) => streamed.push(...progress.rows) });
    assert.deepEqual(searched, { found: total, complete: true });
    assert.deepEqual(streamed, rows);
    return rows.map(numberOf);
  };
  const where = (condition: (row: InvocationRow, number: number) => boolean): number[] =>
    all.filter((row) => condition(row, numberOf(row))).map(numberOf);

  it('names, with patterns and whatever the case', async () => {
    assert.deepEqual(
      await found('fn:ORDERS'),
      where(({ functionName }) => functionName === 'orders'),
    );
    assert.deepEqual(
      await found('fn:ord*'),
      where(({ functionName }) => /^orders/i.test(functionName)),
    );
    assert.deepEqual(
      await found('fn:refund,charge -err:TypeError'),
      where(({ functionName, errorType }) => /^[rc]/.test(functionName) && errorType !== 'TypeError'),
    );
    assert.deepEqual(await found('fn:nobody'), []);
    assert.deepEqual(
      await found('dest:caught'),
      where(({ delivery }) => delivery !== undefined),
    );
    assert.deepEqual(await found('dest:arn:aws:sqs:*'), await found('dest:caught'));
    assert.deepEqual(
      await found('cond:RetriesExhausted err:StockError'),
      where(({ errorType }) => errorType === 'StockError'),
    );
    assert.deepEqual(
      await found('id:8ea123e4-0000-4000-8000-00000000001'),
      where((_, number) => number >= 10 && number < 20),
    );
    assert.deepEqual(await found('id:*00012'), [12]);
  });

  it('statuses, numbers and times', async () => {
    assert.deepEqual(
      await found('status:lost'),
      where(({ status }) => status === 'lost'),
    );
    assert.deepEqual(
      await found('-status:succeeded,lost'),
      where(({ status }) => status === 'failed'),
    );
    assert.deepEqual(
      await found('attempts:>1'),
      where((_, number) => number % 2 === 1),
    );
    assert.deepEqual(
      await found('attempts:2 err:TypeError'),
      where(({ errorType }) => errorType === 'TypeError'),
    );
    assert.deepEqual(
      await found('duration:>1s'),
      where(({ startedAt, endedAt = 0 }) => endedAt - startedAt > 1_000),
    );
    assert.deepEqual(
      await found('since:2026-11-25T12:00Z'),
      where((_, number) => number >= 120),
    );
    assert.deepEqual(
      await found('since:2026-11-25T12:00Z until:2026-11-25T12:02Z fn:orders'),
      where(({ functionName }, number) => number >= 120 && number <= 122 && functionName === 'orders'),
    );
    assert.deepEqual(await found('-since:2026-11-25T10:03Z'), [2, 1]);
  });

  it('bodies, exactly', async () => {
    assert.deepEqual(await found('payload.id=42'), [42]);
    assert.deepEqual(await found('payload.id=42.0,"43",44'), [44, 42]);
    assert.deepEqual(await found('payload.id>=238'), [240, 239, 238]);
    assert.deepEqual(await found('payload.big=9007199254740993'), [7]);
    assert.deepEqual(await found('payload.big=9007199254740992'), []);
    assert.deepEqual(
      await found('payload.tags[0]=t3 fn:refund'),
      where((row, number) => number % 5 === 3 && row.functionName === 'refund'),
    );
    assert.deepEqual(await found('payload.tags[1]=t3'), []);
    assert.deepEqual(
      await found('payload.tags[*].deep=true'),
      where((_, number) => number % 10 === 0),
    );
    assert.deepEqual(
      await found('payload.name="ada lovelace" -payload.tags[1].deep=true'),
      where((_, number) => number % 6 === 0 && number % 10 !== 0),
    );
    assert.deepEqual(
      await found('payload.name=*love*'),
      where((_, number) => number % 6 === 0),
    );
    assert.deepEqual(
      await found('response.errorType=StockError'),
      where(({ errorType }) => errorType === 'StockError'),
    );
    assert.deepEqual(
      await found('response=done'),
      where((row) => row.status === 'succeeded'),
    );
  });

  it('text, in words, parts of words and several of them', async () => {
    assert.deepEqual(
      await found('lovel'),
      where((_, number) => number % 6 === 0),
    );
    assert.deepEqual(
      await found('"Ada Love"'),
      where((_, number) => number % 6 === 0),
    );
    assert.deepEqual(await found('"Ada Hopper"'), []);
    assert.deepEqual(await found('"id":42'), [42]);
    assert.deepEqual(await found('tockerr -item'), []);
    assert.deepEqual(
      await found('stock -grace'),
      where((row, number) => row.errorType !== undefined && number % 6 === 0),
    );
    assert.deepEqual(await found('000000000077'), [77]);
    assert.deepEqual(
      await found('v fn:charge'),
      where(({ functionName }, number) => functionName === 'charge' && number % 6 === 0),
    );
  });

  it('in any order', async () => {
    const key = (row: InvocationRow, column: string): string | number =>
      ({
        arrival: row.id,
        started: row.startedAt,
        status: row.status,
        function: row.functionName,
        condition: row.condition ?? '',
        error: row.errorType ?? '',
        attempts: row.attempts,
        duration: row.endedAt === undefined ? -1 : row.endedAt - row.startedAt,
        destination: row.delivery?.arn ?? '',
      })[column] ?? '';
    for (const column of orderColumns) {
      for (const descending of [true, false]) {
        const sign = descending ? -1 : 1;
        for (const text of ['', 'fn:orders', 'attempts:>1 status:lost', 'lovel', 'payload.id>100']) {
          const expected = all
            .filter((row) => new Set(filtered[text]).has(numberOf(row)) || text === '')
            .toSorted((a, b) => {
              const [left, right] = [key(a, column), key(b, column)];
              return sign * (left < right ? -1 : left > right ? 1 : a.id - b.id);
            })
            .map(numberOf);
          assert.deepEqual(
            await found(text, { order: { column, descending } }),
            expected,
            `${column} ${descending} ${text}`,
          );
        }
      }
    }
  });

  const filtered: Record<string, readonly number[]> = {};
  before(async () => {
    for (const text of ['fn:orders', 'attempts:>1 status:lost', 'lovel', 'payload.id>100'])
      filtered[text] = await found(text);
  });

  it('in windows that stay where they are', async () => {
    const { filter } = parseFilter('payload.tags[0]=t3');
    const query = { connectionId, filter, maxId: all[20]?.id ?? 0 };
    const whole = await store.rows(query, { offset: 0, limit: 1_000 });
    const parts = await Promise.all([0, 10, 20].map((offset) => store.rows(query, { offset, limit: 10 })));
    assert.deepEqual(
      parts.flatMap(({ rows }) => rows),
      whole.rows.slice(0, 30),
    );
    for (const { total } of parts) assert.equal(total, whole.total);
  });

  it('never wrongly: conditions alone and together', async () => {
    const terms = [
      'fn:orders',
      'attempts:2',
      'err:StockError',
      'lovel',
      'payload.tags[0]=t1',
      '-status:lost',
      'since:2026-11-25T11:00Z',
      '"for item"',
    ];
    const alone = new Map<string, ReadonlySet<number>>();
    for (const term of terms) alone.set(term, new Set(await found(term)));
    await fc.assert(
      fc.asyncProperty(fc.subarray(terms, { minLength: 2 }), async (some) => {
        const expected = all.map(numberOf).filter((number) => some.every((term) => alone.get(term)?.has(number)));
        assert.deepEqual(await found(some.join(' ')), expected);
      }),
      { numRuns: 60 },
    );
  });

  it('streams, and ends when it is not wanted any more', async () => {
    const aborting = new AbortController();
    const { filter } = parseFilter('payload.name=*a*');
    const searching = store.search({ connectionId, filter }, 1_000, {
      signal: aborting.signal,
      onProgress: () => aborting.abort(new Error('enough')),
    });
    await assert.rejects(searching, /enough/);
    const few = await store.search({ connectionId, filter }, 5);
    assert.deepEqual(few, { found: 5, complete: false });
  });
});
