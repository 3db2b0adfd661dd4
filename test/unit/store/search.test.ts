import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InvocationPiece } from '../../../src/model/invocation.ts';
import { LogReader } from '../../../src/model/logs/logReader.ts';
import { parseFilter } from '../../../src/model/query/parseFilter.ts';
import { readMessage } from '../../../src/model/reading/readMessage.ts';
import { orderColumns, type InvocationStore } from '../../../src/store/invocationStore.ts';
import { connectionId, StoreBench } from './support.ts';

const at = Date.UTC(2026, 10, 25, 10);
const idOf = (number: number): string => `8ea123e4-0000-4000-8000-${String(number).padStart(12, '0')}`;

function accepted(number: number, payload: string): InvocationPiece {
  const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:orders:$LATEST';
  return { kind: 'accepted', requestId: idOf(number), at, functionName: 'orders', functionArn, payload };
}

describe('the store, asked for what is hard to find', () => {
  let bench: StoreBench;
  let store: InvocationStore;

  beforeEach(async () => {
    bench = await StoreBench.create();
    store = await bench.open();
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  const found = async (text: string): Promise<readonly number[]> => {
    const { filter } = parseFilter(text);
    const { rows } = await store.rows({ connectionId, filter }, { offset: 0, limit: 100 });
    return rows.map(({ requestId = '' }) => Number(requestId.slice(-12)));
  };

  it('an invocation that only a log tells of, by its names and by an error that was not its last', async () => {
    const message = (text: string): string => `2026-11-25T10:00:00.000Z\t${idOf(7)}\tERROR\tInvoke Error \t${text}`;
    const reader = new LogReader({ functionName: 'billing', logGroupName: '/aws/lambda/billing' });
    const events = [
      `START RequestId: ${idOf(7)} Version: $LATEST`,
      message('{"errorType":"CardError","errorMessage":"declined"}'),
      `END RequestId: ${idOf(7)}`,
      `REPORT RequestId: ${idOf(7)}\tDuration: 1.00 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB`,
      `START RequestId: ${idOf(7)} Version: $LATEST`,
      message('{"errorType":"StockError","errorMessage":"sold out"}'),
    ].map((text, index) => ({ timestamp: at + index, message: text, logStreamName: '2026/11/25/[$LATEST]a' }));
    await store.ingest(connectionId, reader.read(events));
    for (const long of [false, true]) {
      // With a text that is too long for the index, what it gives is looked at once more.
      if (long) await store.ingest(connectionId, [accepted(1, JSON.stringify('x'.repeat(70_000)))]);
      for (const text of ['billing', idOf(7), '8ea123e4', 'declined', 'carderror', '"sold out"']) {
        assert.ok((await found(text)).includes(7), `${text} ${long}`);
      }
    }
  });

  it('words behind escapes, and in JSON that is a text in JSON', async () => {
    const inner = JSON.stringify({ note: 'first\nsecond "third"' });
    await store.ingest(connectionId, [
      accepted(1, String.raw`{"text":"hello\nworld\tcaf\u00e9"}`),
      accepted(2, JSON.stringify({ body: inner, more: JSON.stringify({ body: inner }) })),
    ]);
    const good = ['world', 'café', 'orl', String.raw`"hello\\nworld"`, '"world\tcafé"'];
    for (const text of good) assert.deepEqual(await found(text), [1], text);
    for (const text of ['second', 'third', 'econ']) assert.deepEqual(await found(text), [2], text);
    assert.deepEqual(await found('-world'), [2]);
    await store.ingest(connectionId, [accepted(3, JSON.stringify({ path: String.raw`C:\news\today` }))]);
    for (const text of ['news', 'today', String.raw`C:\news`]) assert.deepEqual(await found(text), [3], text);
  });

  it('the event of a dead letter, where the record before it left it out', async () => {
    const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:orders:$LATEST';
    const requestContext = {
      requestId: idOf(5),
      functionArn,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    };
    const body = JSON.stringify({ version: '1.0', timestamp: new Date(at).toISOString(), requestContext });
    const from = { destinationArn: 'arn:aws:sqs:us-east-1:000000000000:dlq', at };
    await store.ingest(connectionId, [readMessage({ Body: body, MessageId: 'm' }, from)]);
    await store.ingest(connectionId, [
      { ...from, kind: 'deadLetter', requestId: idOf(5), body: '{"word":"eventful"}' },
    ]);
    assert.deepEqual(await found('eventful'), [5]);
    assert.deepEqual(await found('payload.word=eventful'), [5]);
  });

  it('a word far back in a long text', async () => {
    await store.ingest(connectionId, [
      accepted(1, JSON.stringify({ text: `${'x '.repeat(200_000)} behind` })),
      accepted(2, '{"text":"before"}'),
    ]);
    assert.deepEqual(await found('behind'), [1]);
    assert.deepEqual(await found('ehin'), [1]);
    assert.deepEqual(await found('before'), [2]);
  });

  it('any item of a list, any key, and numbers that no double holds', async () => {
    await store.ingest(connectionId, [
      accepted(1, '{"list":[{"id":7}],"n":1e400,"m":-1e400}'),
      accepted(2, '{"list":{"key":{"id":7}},"n":12345678901234567890}'),
    ]);
    assert.deepEqual(await found('payload.list[*].id=7'), [1]);
    assert.deepEqual(await found('payload.list.*.id=7'), [2, 1]);
    assert.deepEqual(await found('-payload.list.*.id=7'), []);
    assert.deepEqual(await found('payload.n=1e400'), [1]);
    assert.deepEqual(await found('payload.m=-10e399'), [1]);
    assert.deepEqual(await found('payload.n=12345678901234567890'), [2]);
    assert.deepEqual(await found('payload.n=12345678901234567891'), []);
  });

  it('by more alternatives, conditions and words than SQLite takes at once', async () => {
    await store.ingest(connectionId, [accepted(1, '{}'), accepted(2, '{}')]);
    const many = <T>(of: (number: number) => T): readonly T[] => Array.from({ length: 2_000 }, (_, index) => of(index));
    assert.deepEqual(await found(`id:${many((number) => idOf(number + 2)).join(',')}`), [2]);
    assert.deepEqual(await found(`-id:${many((number) => idOf(number + 2)).join(',')}`), [1]);
    assert.deepEqual(await found(`id:${many((number) => `8EA1*${number}`).join(',')}`), [2, 1]);
    assert.deepEqual(await found(`id:*${'a'.repeat(60_000)}*`), []);
    assert.deepEqual(await found(`-id:*${'a'.repeat(60_000)}*`), [2, 1]);
    assert.deepEqual(await found(`duration:${many((number) => number).join(',')}`), []);
    assert.deepEqual(await found(`-duration:${many((number) => number).join(',')}`), [2, 1]);
    assert.deepEqual(await found(many((number) => `-attempts:>${number}`).join(' ')), [2, 1]);
    assert.deepEqual(await found(many((number) => `orders -word${number}x`).join(' ')), [2, 1]);
    assert.deepEqual(await found(many((number) => `word${number}x`).join(' ')), []);
  });

  it('beside a line that a function printed, with numbers that no line of Lambda’s has', async () => {
    const report = (number: number, duration: string): string =>
      `REPORT RequestId: ${idOf(number)}\tDuration: ${duration} ms\tBilled Duration: 2 ms\tMemory Size: 128 MB`;
    const events = ['9'.repeat(400), '9'.repeat(17), '5.00'].map((duration, index) => ({
      timestamp: at,
      message: report(index + 1, duration),
      logStreamName: '2026/11/25/[$LATEST]a',
    }));
    const names = { functionName: 'orders', logGroupName: '/aws/lambda/orders' };
    await store.ingest(connectionId, new LogReader(names).read(events));
    // However such a number came here.
    await store.ingest(connectionId, [
      { kind: 'attemptStarted', requestId: idOf(4), attempt: 7e17, at: -7e17, executedVersion: '$LATEST' },
      { kind: 'outcome', requestId: idOf(4), at: 7e17, condition: 'RetriesExhausted', approximateInvokeCount: 1 },
    ]);
    for (const column of orderColumns) {
      const order = { column, descending: true };
      const { rows } = await store.rows({ connectionId, order }, { offset: 0, limit: 9 });
      assert.ok(rows.length >= 2, column);
      assert.equal((await store.search({ connectionId, order, text: 'orders' }, 9)).complete, true);
    }
    const again = await bench.open();
    await again.ingest(connectionId, [
      { kind: 'attemptStarted', requestId: idOf(4), attempt: 1, at, executedVersion: '$LATEST' },
    ]);
    await store.clear({ connectionId });
    assert.equal((await store.counts({ connectionId })).all, 0);
    const file = join(bench.folder, 'none.ndjson');
    await writeFile(file, '');
    assert.equal(await store.exportRecords({ connectionId }, file), 0);
  });
});
