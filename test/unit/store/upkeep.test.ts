import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseFilter } from '../../../src/model/query/parseFilter.ts';
import { UserFacingFailure } from '../../../src/model/userFacingFailure.ts';
import type { InvocationStore } from '../../../src/store/invocationStore.ts';
import { openInvocationStore } from '../../../src/store/sqliteStore.ts';
import { story } from '../../support/invocationPieces.ts';
import { fakeLog } from '../../support/panelFakes.ts';
import { mountSmallDisk } from '../../support/smallDisk.ts';
import { when } from '../../support/when.ts';
import { connectionId, StoreBench } from './support.ts';

const settings = { maxRows: 1_000, maxMegabytes: 200, maxDays: 0, redact: [] };

describe('the store’s upkeep', () => {
  let bench: StoreBench;
  let store: InvocationStore;

  beforeEach(async () => {
    bench = await StoreBench.create();
    store = await bench.open();
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  const ingest = (count: number, of: Partial<Parameters<typeof story>[0]> = {}): Promise<readonly number[]> =>
    store.ingest(
      connectionId,
      Array.from({ length: count }, (_, index) => story({ requestId: `r${index + 1}`, ...of })).flat(),
    );
  const left = async (of = store): Promise<readonly (string | undefined)[]> =>
    (await of.rows({ connectionId }, { offset: 0, limit: 1_000 })).rows.map(({ requestId }) => requestId);
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    if (await condition()) return;
    await when(store.onDidChange, async () => ((await condition()) ? true : undefined));
  };

  it('cuts by number and age at once when the settings change, and never what is pinned', async () => {
    const ids = await ingest(6);
    const young = await store.ingest(connectionId, story({ requestId: 'young', at: Date.now() }));
    await store.pin([ids[1] ?? 0], true);
    assert.equal((await store.get(ids[1] ?? 0))?.row.pinned, true);
    await store.configure({ ...settings, maxRows: 4 });
    await until(async () => (await left()).length === 4);
    assert.deepEqual(await left(), ['young', 'r6', 'r5', 'r2']);
    await store.configure({ ...settings, maxDays: 30 });
    await until(async () => (await left()).length === 2);
    assert.deepEqual(await left(), ['young', 'r2']);
    assert.deepEqual(
      (
        await store.rows(
          { connectionId, filter: { terms: [{ kind: 'pinned', negated: false }] } },
          { offset: 0, limit: 9 },
        )
      ).total,
      1,
    );
    await store.pin(ids, false);
    await store.configure({ ...settings, maxDays: 29 });
    await until(async () => (await left()).length === 1);
    assert.deepEqual(young, [(await store.rows({ connectionId }, { offset: 0, limit: 1 })).rows[0]?.id]);
  });

  it('removes rows and queries, from the numbers, too', async () => {
    const ids = await ingest(8, { end: 'error' });
    assert.equal(await store.delete([...ids.slice(0, 2), 999]), 2);
    assert.deepEqual(await left(), ['r8', 'r7', 'r6', 'r5', 'r4', 'r3']);
    assert.deepEqual(await store.facets(connectionId, 'err', 9), [{ value: 'TypeError', number: 6 }]);
    assert.equal((await store.errorGroups(connectionId, 9))[0]?.number, 6);
    await store.pin(ids.slice(2, 3), true);
    const progress: number[] = [];
    const removed = await store.clear({ connectionId }, { onProgress: ({ rows }) => progress.push(rows) });
    assert.deepEqual([removed, progress, await left()], [5, [5], ['r3']]);
    assert.equal(await store.delete(ids), 1);
    assert.deepEqual(await store.facets(connectionId, 'err', 9), []);
    assert.deepEqual(await store.errorGroups(connectionId, 9), []);
    assert.equal((await store.rows({ connectionId, text: 'charge' }, { offset: 0, limit: 1 })).total, 0);
    // An answer that comes late makes a row of its own again.
    assert.equal((await ingest(1)).length, 1);
  });

  it('knows how many rows have what, when, and which errors are alike', async () => {
    const at = Date.UTC(2026, 10, 25, 10);
    for (let number = 0; number < 9; number++) {
      const error = { type: 'StockError', message: `no stock for item ${number}` };
      const functionName = number < 6 ? 'orders' : 'refund';
      await store.ingest(
        connectionId,
        story({
          requestId: `r${number}`,
          functionName,
          at: at + number * 60_000,
          end: number < 4 ? 'error' : 'success',
          error,
        }),
      );
    }
    assert.deepEqual(await store.facets(connectionId, 'fn', 9), [
      { value: 'orders', number: 6 },
      { value: 'refund', number: 3 },
    ]);
    assert.deepEqual(await store.facets(connectionId, 'cond', 1), [{ value: 'Success', number: 5 }]);
    assert.deepEqual(await store.timeline(connectionId, { from: at, to: at + 600_000, stepMs: 300_000 }), [
      { at, counts: { lost: 4, succeeded: 1 } },
      { at: at + 300_000, counts: { succeeded: 4 } },
    ]);
    const [group, ...others] = await store.errorGroups(connectionId, 9);
    assert.deepEqual([group?.shape, group?.number, others.length], ['no stock for item #', 4, 0]);
    assert.ok(group && group.firstAt < group.lastAt);
    const filter = { terms: [{ kind: 'group' as const, negated: false, values: [group.id] }] };
    assert.equal((await store.rows({ connectionId, filter }, { offset: 0, limit: 9 })).total, 4);
    // What becomes of a row moves it, and is not counted twice.
    await store.ingest(
      connectionId,
      story({
        requestId: 'r0',
        functionName: 'orders',
        at,
        end: 'error',
        error: { type: 'StockError', message: 'no stock for item 0' },
        delivered: 'onFailure',
      }),
    );
    const counts = await store.facets(connectionId, 'status', 9);
    assert.deepEqual(Object.fromEntries(counts.map(({ value, number }) => [value, number])), {
      succeeded: 5,
      lost: 3,
      failed: 1,
    });
  });

  it('lends to one window at a time', async () => {
    const other = await bench.open();
    assert.equal(await store.lease('taps', 'a', 60_000), true);
    assert.equal(await other.lease('taps', 'b', 60_000), false);
    assert.equal(await other.lease('polls', 'b', 60_000), true);
    assert.equal(await store.lease('taps', 'a', 1), true, 'renewed, for a millisecond');
    while (!(await other.lease('taps', 'b', 60_000)));
    assert.equal(await store.lease('taps', 'a', 60_000), false);
    await other.lease('taps', 'b', 0);
    assert.equal(await store.lease('taps', 'a', 60_000), true);
  });

  it('keeps nothing that is to be redacted', async () => {
    await store.configure({ ...settings, redact: ['*password*', 'customer.email', '/(a+)+$/', 'a..b'] });
    assert.match(bench.log.join('\n'), /can't be read.*a\.\.b/);
    const payload = '{"customer":{"email":"ada@example.com","id":7},"dbPassword" : "hunter2","email":"stays"}';
    const [id = 0] = await store.ingest(connectionId, [
      ...story({ requestId: 'r1', clientToken: 't', payload }),
      { kind: 'log', requestId: 'r1', attempt: 1, lines: [{ at: 1, message: 'login password=hunter2 ok' }] },
    ]);
    const { invocation } = (await store.get(id)) ?? assert.fail('it is there');
    assert.equal(
      invocation.sent?.payload,
      '{"customer":{"email":"[redacted]","id":7},"dbPassword" : "[redacted]","email":"stays"}',
    );
    const text = await readFile(bench.file).then((bytes) => bytes.toString('latin1'));
    const log = await readFile(`${bench.file}-wal`).then((bytes) => bytes.toString('latin1'));
    assert.ok(!/hunter2|ada@example/.test(text + log));
    assert.match(JSON.stringify(invocation.attempts), /login password=\\"\[redacted\]\\" ok/);
  });

  it('writes records to a file, and reads them into another store', async () => {
    const pieces = [
      ...story({ requestId: 'r1', clientToken: 't1', failures: 1, end: 'error', delivered: 'onFailure' }),
      ...story({ requestId: 'r2', functionName: 'refund', payload: '{"id":9007199254740993}' }),
    ];
    const [first = 0, second = 0] = await store.ingest(connectionId, pieces);
    const file = join(bench.folder, 'records.ndjson');
    assert.equal(await store.exportRecords({ connectionId, functionName: 'charge' }, file), 1);
    const progress: number[] = [];
    assert.equal(
      await store.exportRecords({ connectionId }, file, { onProgress: ({ rows }) => progress.push(rows) }),
      2,
    );
    assert.deepEqual(progress, [2]);
    const [header = '', ...lines] = (await readFile(file, 'utf8')).trim().split('\n');
    assert.partialDeepStrictEqual(JSON.parse(header), { format: 'lambda-destinations-records', version: 1 });
    assert.equal(lines.length, pieces.length);
    await writeFile(file, '\n{"piece":{"kind":"accepted","requestId":"r9"}}\nbroken\n', { flag: 'a' });

    const workerUrl = new URL('../../../src/store/storeWorker.ts', import.meta.url);
    const other = await openInvocationStore({ file: join(bench.folder, 'b.sqlite'), workerUrl, log: fakeLog() });
    assert.deepEqual(await other.importRecords('local:/b', file), { rows: 2, pieces: pieces.length, skipped: 2 });
    assert.deepEqual(await other.importRecords('local:/b', file), { rows: 0, pieces: pieces.length, skipped: 2 });
    const { rows } = await other.rows({ connectionId: 'local:/b' }, { offset: 0, limit: 9 });
    for (const [requestId, id] of [
      ['r1', first],
      ['r2', second],
    ] as const) {
      const row = rows.find((each) => each.requestId === requestId);
      assert.deepEqual((await other.get(row?.id ?? 0))?.invocation, (await store.get(id))?.invocation);
    }
    await assert.rejects(other.importRecords('local:/b', bench.file), (error) =>
      UserFacingFailure.is(error, 'notRecords'),
    );
    await writeFile(file, '{"format":"lambda-destinations-records","version":2}\n');
    await assert.rejects(other.importRecords('local:/b', file), /newer version/);
    await other.dispose();
  });

  it('reads back every character, and nothing that would break a row', async () => {
    const payload = JSON.stringify({ text: 'a\u2028b\u2029c\u0085d\r', lone: '\ud800', zero: '\0', emoji: '🙂' });
    const pieces = story({ requestId: 'r1', payload, failures: 1, end: 'error', delivered: 'onFailure' });
    await store.ingest(connectionId, pieces);
    const file = join(bench.folder, 'records.ndjson');
    await store.exportRecords({ connectionId }, file);
    const [header = '', ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n');
    await writeFile(file, [header, ...lines].join('\r\n'));
    assert.deepEqual(await store.importRecords('local:/b', file), { rows: 1, pieces: pieces.length, skipped: 0 });

    // Each member of each piece as something that it must not be.
    const wrong: object[] = [];
    for (const line of lines) {
      const { piece } = JSON.parse(line) as { piece: Record<string, unknown> };
      for (const key of Object.keys(piece)) {
        for (const value of [null, 7e17, -1e300, [null], { a: 1 }, true]) wrong.push({ ...piece, [key]: value });
      }
    }
    const mark = { type: 'start', at: 1, executedVersion: '1' };
    const line = { id: '1', at: 1, message: 'm' };
    const names = { requestId: 'r', functionName: 'f', logGroupName: 'g', logStreamName: 's', from: 1, to: 1 };
    const logs = (marks: unknown, of: unknown): object => ({ kind: 'logEvents', ...names, marks, lines: of });
    wrong.push(logs([null], []), logs([{ ...mark, at: 'x' }], []), logs([{ type: 'other' }], []), logs([], [null]));
    wrong.push(logs([], [{ ...line, message: 5 }]), { kind: 'toString' }, { kind: 5 }, [], {
      ...names,
      kind: 'record',
    });
    await writeFile(file, [header, ...wrong.map((piece) => JSON.stringify({ piece }))].join('\n'));
    const { skipped, ...read } = await store.importRecords('local:/c', file);
    assert.deepEqual(read, { rows: 0, pieces: 0 });
    assert.equal(skipped, wrong.length);
    await writeFile(file, [header, JSON.stringify({ piece: logs([mark], [line]) })].join('\n'));
    assert.deepEqual(await store.importRecords('local:/c', file), { rows: 1, pieces: 1, skipped: 0 });
  });

  it('leaves no file of an export that was ended', async () => {
    await ingest(900);
    const file = join(bench.folder, 'records.ndjson');
    const before = join(bench.folder, 'before.ndjson');
    await writeFile(before, 'what was exported before');
    const aborting = new AbortController();
    const exporting = store.exportRecords({ connectionId }, file, {
      signal: aborting.signal,
      onProgress: () => aborting.abort(new Error('no more')),
    });
    await assert.rejects(exporting, /no more/);
    const again = new AbortController();
    const onProgress = (): void => again.abort(new Error('no more'));
    await assert.rejects(
      store.exportRecords({ connectionId }, before, { signal: again.signal, onProgress }),
      /no more/,
    );
    assert.equal(await readFile(before, 'utf8'), 'what was exported before');
    assert.ok(!(await readdir(bench.folder)).some((name) => name.startsWith('records.ndjson')));
  });

  it('leaves what was exported before where the disk is full, and says so', async function () {
    await using disk = await mountSmallDisk(this, join(bench.folder, 'small'), 3);
    const file = join(disk.folder, 'records.ndjson');
    await ingest(3);
    assert.equal(await store.exportRecords({ connectionId }, file), 3);
    const before = await readFile(file, 'utf8');
    await ingest(20, { payload: JSON.stringify('x'.repeat(200_000)) });
    await assert.rejects(store.exportRecords({ connectionId }, file), (error) => {
      assert.ok(UserFacingFailure.is(error, 'recordsNotWritten'));
      assert.match(error.message, /records\.ndjson: ENOSPC.*choose another place/);
      return true;
    });
    assert.equal(await readFile(file, 'utf8'), before);
    assert.deepEqual(await readdir(disk.folder), ['records.ndjson']);
    await assert.rejects(store.exportRecords({ connectionId }, join(file, 'x')), /can't be written/);
  });

  it('answers others while many rows are removed', async () => {
    const ids = await ingest(900);
    const order: string[] = [];
    const removing = Promise.all([
      store.pin(ids, false).then(() => order.push('pinned')),
      store.delete(ids).then((number) => order.push(`removed ${number}`)),
    ]);
    await store.cursor('', '');
    order.push('answered');
    await removing;
    assert.deepEqual(order, ['answered', 'pinned', 'removed 900']);
  });

  it('says that a search goes on, comes to its end when asked again, and forgets nothing when something changes', async () => {
    await ingest(900, { payload: JSON.stringify({ id: 7, text: 'x '.repeat(20_000) }) });
    const { filter } = parseFilter('payload.id>6');
    const query = { connectionId, filter };
    const first = await store.counts(query);
    assert.equal(first.incomplete, true, `${first.all} were found at once`);
    const totals = [first.all];
    for (let counts = first; counts.incomplete; totals.push(counts.all)) counts = await store.counts(query);
    assert.equal(totals.at(-1), 900);
    assert.ok(totals.length < 100, 'each time it takes longer');
    await store.ingest(connectionId, story({ requestId: 'new', payload: '{"id":7}' }));
    const [after, { rows, total }] = [await store.counts(query), await store.rows(query, { offset: 0, limit: 9 })];
    assert.deepEqual([after.all, total, rows[0]?.requestId], [901, 901, 'new']);
    await store.delete(rows.map(({ id }) => id));
    for (let counts = await store.counts(query); ; counts = await store.counts(query)) {
      assert.ok(counts.all <= 892 && counts.all > 800, `${counts.all}`);
      if (!counts.incomplete) break;
    }
    assert.equal((await store.rows(query, { offset: 890, limit: 9 })).rows.length, 2);
  });

  it('answers others while a long search goes on', async () => {
    await ingest(900, { payload: JSON.stringify({ text: 'x'.repeat(5_000) }) });
    const order: string[] = [];
    const searching = store
      .search({ connectionId, filter: { terms: [{ kind: 'text', negated: true, text: 'nothing' }] } }, 10_000)
      .then(() => order.push('search'));
    await store.cursor(connectionId, 's').then(() => order.push('cursor'));
    await searching;
    assert.deepEqual(order, ['cursor', 'search']);
  });
});
