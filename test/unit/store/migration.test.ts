import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { foldInvocation } from '../../../src/model/foldInvocation.ts';
import type { InvocationPiece } from '../../../src/model/invocation.ts';
import { story } from '../../support/invocationPieces.ts';
import { connectionId, StoreBench } from './support.ts';
import { schemaOne } from './schemaOne.ts';

/** Keeps pieces as the first schema did; what is derived from them was of no use to any later one. */
function keepOld(
  db: DatabaseSync,
  requestId: string | null,
  token: string | null,
  pieces: readonly InvocationPiece[],
): number {
  const { lastInsertRowid: id } = db
    .prepare(
      `INSERT INTO invocations (connection_id, request_id, client_token, status, function_name, started_at, version, summary)
       VALUES (?, ?, ?, 'queued', '', 0, 0, '{}')`,
    )
    .run(connectionId, requestId, token);
  const add = db.prepare('INSERT INTO pieces (invocation_id, kind, hash, piece, body) VALUES (?, ?, ?, ?, ?)');
  for (const [index, piece] of pieces.entries()) {
    const bodies = { payload: 'sent accepted', response: 'attemptEnded', body: 'delivery' };
    const key = Object.entries(bodies).find(([, kinds]) => kinds.split(' ').includes(piece.kind))?.[0];
    const rest: Record<string, unknown> = { ...piece };
    let body = key === undefined ? undefined : rest[key];
    if (key !== undefined) delete rest[key];
    if (piece.kind === 'log') {
      body = JSON.stringify(piece.lines);
      delete rest['lines'];
    }
    const text = typeof body === 'string' ? body : null;
    add.run(id, piece.kind, Buffer.from([index]), JSON.stringify(rest), text);
  }
  return Number(id);
}

describe('a file of the first schema', () => {
  it('is brought to this one: every row as it was, under its id, and found', async () => {
    await using bench = await StoreBench.create();
    const old = new DatabaseSync(bench.file);
    old.exec(schemaOne);
    const failed = story({ requestId: 'r1', clientToken: 't1', failures: 2, end: 'error', delivered: 'onFailure' });
    const good = story({ requestId: 'r2', functionName: 'refund', payload: '{"orderId":9007199254740993}' });
    const [sent = assert.fail('there is one')] = story({ requestId: 'r3', clientToken: 't3', at: Date.now() });
    const first = keepOld(old, 'r1', 't1', failed);
    const second = keepOld(old, 'r2', null, good);
    const third = keepOld(old, null, 't3', [sent]);
    old.exec(`INSERT INTO cursors VALUES ('${connectionId}', 's', 42)`);
    // A row that was cut: its id does not come back.
    old.exec('UPDATE sqlite_sequence SET seq = 17');
    old.close();

    const store = await bench.open();
    const { rows, total } = await store.rows({ connectionId }, { offset: 0, limit: 10 });
    assert.equal(total, 3);
    assert.deepEqual(
      rows.map(({ id, status, functionName }) => [id, status, functionName]),
      [
        [third, 'sending', 'charge'],
        [second, 'succeeded', 'refund'],
        [first, 'failed', 'charge'],
      ],
    );
    assert.deepEqual((await store.get(first))?.invocation, foldInvocation(failed));
    assert.deepEqual((await store.get(second))?.invocation, foldInvocation(good));
    assert.equal(await store.cursor(connectionId, 's'), 42);
    assert.equal((await store.rows({ connectionId, text: '9007199254740993' }, { offset: 0, limit: 9 })).total, 1);
    assert.equal((await store.counts({ connectionId })).failed, 1);
    // What is known stays known, what is new goes to the old row, and a new row gets a new id.
    assert.deepEqual(await store.ingest(connectionId, failed), []);
    const accepted = story({ requestId: 'r3', clientToken: 't3' }).slice(1, 3);
    assert.deepEqual(await store.ingest(connectionId, accepted), [third]);
    assert.deepEqual(await store.ingest(connectionId, story({ requestId: 'r4' })), [18]);
    await store.dispose();
    const now = new DatabaseSync(bench.file);
    const tables = now.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'old*'").all();
    assert.deepEqual(tables, []);
    assert.equal(now.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
    now.close();
  });
});
