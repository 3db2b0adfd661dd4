import assert from 'node:assert/strict';
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { UserFacingFailure } from '../../../src/model/userFacingFailure.ts';
import { openInvocationStore } from '../../../src/store/sqliteStore.ts';
import { staleSendMs } from '../../../src/store/staleSends.ts';
import { storeFailure } from '../../../src/store/storeFailure.ts';
import { story } from '../../support/invocationPieces.ts';
import { fakeLog } from '../../support/panelFakes.ts';
import { connectionId, nextChange, StoreBench } from './support.ts';

describe('the store’s file', () => {
  let bench: StoreBench;

  beforeEach(async () => {
    bench = await StoreBench.create();
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  it('is set aside when it is no database, and the log says where it is', async () => {
    await writeFile(bench.file, 'not a database, but long enough to be looked at as one'.repeat(100));
    const store = await bench.open();
    await store.ingest(connectionId, story({ requestId: 'r1' }));
    assert.equal((await store.counts({})).all, 1);
    const names = await readdir(bench.folder);
    assert.ok(
      names.some((name) => /^invocations\.sqlite\.corrupt-\d{4}-/.test(name)),
      names.join(', '),
    );
    assert.match(bench.log.join('\n'), /warn: .*damaged.*\.corrupt-/);
  });

  it('is left alone when a newer version made it', async () => {
    const db = new DatabaseSync(bench.file);
    db.exec('PRAGMA user_version = 99');
    db.close();
    await assert.rejects(bench.open(), (error) => UserFacingFailure.is(error, 'storeTooNew'));
    assert.deepEqual(await readdir(bench.folder), ['invocations.sqlite']);
  });

  it('gets its folder, and says what to do where there can be none', async () => {
    const workerUrl = new URL('../../../src/store/storeWorker.ts', import.meta.url);
    const deep = await openInvocationStore({ file: `${bench.folder}/a/b.sqlite`, workerUrl, log: fakeLog() });
    await deep.dispose();
    const file = `${bench.folder}/a/b.sqlite/invocations.sqlite`;
    await assert.rejects(openInvocationStore({ file, workerUrl, log: fakeLog() }), (error) => {
      assert.ok(UserFacingFailure.is(error, 'storeUnusable'));
      assert.ok(error.message.includes(file));
      return true;
    });
  });

  it('is shared: what one window writes, the other hears of', async () => {
    const one = await bench.open();
    const two = await bench.open();
    const heard = nextChange(two);
    const ids = await one.ingest(connectionId, story({ requestId: 'r1' }));
    assert.deepEqual(await heard, ids);
    assert.equal((await two.counts({ connectionId })).succeeded, 1);
    const back = nextChange(one);
    await two.ingest(connectionId, story({ requestId: 'r1', delivered: 'onSuccess' }));
    assert.deepEqual(await back, ids);
  });

  it('takes writes of several windows at once', async () => {
    const stores = [await bench.open(), await bench.open(), await bench.open()];
    await Promise.all(
      stores.flatMap((store, index) =>
        Array.from({ length: 30 }, (_, number) =>
          store.ingest(connectionId, story({ requestId: `r${index}-${number}`, clientToken: `t${index}-${number}` })),
        ),
      ),
    );
    assert.equal((await stores[0]?.counts({}))?.succeeded, 90);
  });

  it('that another window has replaced is not set aside again, and a stream is read again', async () => {
    const [one, two] = [await bench.open(), await bench.open()];
    const payload = 'x'.repeat(500_000);
    await one.ingest(connectionId, story({ requestId: 'r1', payload }), { stream: 's', value: 9 });
    const db = new DatabaseSync(bench.file);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    // The file that both have open is damaged, and one of them has dealt with it.
    const damaged = await open(bench.file, 'r+');
    await damaged.write(Buffer.alloc((await damaged.stat()).size - 4_096, 0xff), 0, undefined, 4_096);
    await damaged.close();
    await rename(bench.file, `${bench.file}.corrupt-before`);
    for (const suffix of ['-wal', '-shm']) await rm(`${bench.file}${suffix}`, { force: true });
    const third = await bench.open();
    await third.ingest(connectionId, story({ requestId: 'r2' }));
    const late = two.ingest(connectionId, story({ requestId: 'r1' }).slice(-1), { stream: 's', value: 12 });
    await assert.rejects(late, /replaced/);
    assert.equal(await two.cursor(connectionId, 's'), 0);
    assert.deepEqual([(await two.counts({})).all, (await third.counts({})).all], [1, 1]);
    const names = await readdir(bench.folder);
    assert.deepEqual(
      names.filter((name) => name.includes('corrupt')),
      ['invocations.sqlite.corrupt-before'],
    );
  });

  it('that was set aside while others had it open is left by them, and streams begin again, each told once', async () => {
    const [one, two] = [await bench.open(), await bench.open()];
    await one.ingest(connectionId, story({ requestId: 'r1' }), { stream: 's', value: 9 });
    await rename(bench.file, `${bench.file}.corrupt-before`);
    for (const suffix of ['-wal', '-shm']) await rm(`${bench.file}${suffix}`, { force: true });
    const third = await bench.open();
    await third.ingest(connectionId, story({ requestId: 'r2' }));
    // In one transaction, if they may.
    const cursor = { stream: 's', value: 12 };
    const all = await Promise.allSettled([
      two.ingest(connectionId, story({ requestId: 'r3' }), cursor),
      two.ingest(connectionId, story({ requestId: 'r4' })),
      one.ingest(connectionId, story({ requestId: 'r5' })),
    ]);
    assert.deepEqual(
      all.map(({ status }) => status),
      ['rejected', 'fulfilled', 'fulfilled'],
    );
    assert.deepEqual([(await third.counts({})).all, await third.cursor(connectionId, 's')], [3, 0]);
    // Who only tries again has nothing to begin again with.
    await two.ingest(connectionId, story({ requestId: 'r3' }), cursor);
    assert.deepEqual([(await third.counts({})).all, await third.cursor(connectionId, 's')], [4, 12]);
    assert.match(bench.log.join('\n'), /replaced/);
  });

  it('that is found damaged by a question is read again, too, and by each stream of a burst', async () => {
    for (const asks of [true, false]) {
      const store = await bench.open();
      const payload = 'x'.repeat(500_000);
      await store.ingest(connectionId, story({ requestId: 'r1', payload }), { stream: 's', value: 9 });
      const db = new DatabaseSync(bench.file);
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      db.close();
      const damaged = await open(bench.file, 'r+');
      await damaged.write(Buffer.alloc((await damaged.stat()).size - 4_096, 0xff), 0, undefined, 4_096);
      await damaged.close();
      if (asks) await store.rows({ connectionId, text: 'whatever' }, { offset: 0, limit: 9 });
      const late = story({ requestId: 'r1' }).slice(-1);
      const all = await Promise.allSettled([
        store.ingest(connectionId, late, { stream: 's', value: 12 }),
        store.ingest(connectionId, late, { stream: 't', value: 3 }),
        store.ingest(connectionId, story({ requestId: 'r2' })),
      ]);
      assert.deepEqual(
        all.map(({ status }) => status),
        ['rejected', 'rejected', 'fulfilled'],
      );
      assert.deepEqual([await store.cursor(connectionId, 's'), await store.cursor(connectionId, 't')], [0, 0]);
      await store.ingest(connectionId, story({ requestId: 'r1' }), { stream: 's', value: 12 });
      assert.equal((await store.counts({})).all, 2);
      await store.dispose();
    }
  });

  it('says in words for people why SQLite refuses', () => {
    const db = new DatabaseSync(':memory:');
    db.exec('PRAGMA max_page_count = 2; CREATE TABLE big (text TEXT)');
    const full = thrownBy(() => db.prepare('INSERT INTO big VALUES (?)').run('x'.repeat(100_000)));
    const failure = storeFailure(full, '/data/invocations.sqlite');
    assert.ok(UserFacingFailure.is(failure, 'storeUnusable'));
    assert.match(failure.message, /disk is full.*\/data\/invocations\.sqlite/);
    assert.equal(failure.cause, full);
    const other = new Error('no database at all');
    assert.equal(storeFailure(other, '/data'), other);
    db.close();
  });

  it('turns a send that a crash left into "unknown", and no other window’s', async () => {
    const first = await bench.open();
    const now = Date.now();
    const sent = (clientToken: string, at: number): ReturnType<typeof story> =>
      story({ requestId: 'r', clientToken, at }).slice(0, 1);
    await first.ingest(connectionId, [...sent('old', now - staleSendMs - 1_000), ...sent('young', now)]);
    await first.dispose();
    const { rows } = await (await bench.open()).rows({ connectionId }, { offset: 0, limit: 10 });
    assert.deepEqual(
      rows.map(({ clientToken, status, errorType }) => [clientToken, status, errorType]),
      [
        ['young', 'sending', undefined],
        ['old', 'unknown', 'NoAnswer'],
      ],
    );
  });

  it('refuses work once it is closed, after finishing what it was given', async () => {
    const store = await bench.open();
    const writing = store.ingest(connectionId, story({ requestId: 'r1' }));
    await store.dispose();
    assert.equal((await writing).length, 1);
    await assert.rejects(store.counts({}), /closed/);
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing is thrown');
}
