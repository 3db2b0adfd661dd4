import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { UserFacingFailure } from '../../../src/model/userFacingFailure.ts';
import { openInvocationStore } from '../../../src/store/sqliteStore.ts';
import { staleSendMs } from '../../../src/store/staleSends.ts';
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

  it('in a folder that is not there fails with what to do', async () => {
    const workerUrl = new URL('../../../src/store/storeWorker.ts', import.meta.url);
    const file = `${bench.folder}/none/invocations.sqlite`;
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
