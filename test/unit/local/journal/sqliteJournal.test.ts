import assert from 'node:assert/strict';
import type { InvocationPiece } from '../../../../src/model/invocation.ts';
import { createInvocationJournal } from '../../../../src/local/journal/sqliteJournal.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../../../support/localDatabase.ts';

function accepted(requestId: string, payload = '{}'): InvocationPiece {
  return { kind: 'accepted', requestId, at: 1, functionName: 'fn', functionArn: 'arn', payload };
}

function outcome(requestId: string): InvocationPiece {
  return { kind: 'outcome', requestId, at: 2, condition: 'Success', approximateInvokeCount: 1 };
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

describe('Invocation journal', () => {
  let database: TemporaryDatabase;
  beforeEach(() => {
    database = temporaryDatabase();
  });
  afterEach(async () => {
    await turn();
    database[Symbol.dispose]();
  });

  it('has a stream id that stays with the database', () => {
    const { stream } = createInvocationJournal(database.db);
    assert.match(stream, /^[\da-f-]{36}$/);
    assert.equal(createInvocationJournal(database.db).stream, stream);
    using other = temporaryDatabase();
    assert.notEqual(createInvocationJournal(other.db).stream, stream);
  });

  it('gives back what was appended, from a cursor on', () => {
    const journal = createInvocationJournal(database.db);
    const pieces = [accepted('r1', ' {"\u{1f600}": "\\u0000"}\n'), accepted('r2'), outcome('r1')];
    for (const piece of pieces) journal.append(piece);
    const all = journal.read(0, 10);
    assert.deepEqual(
      all.map(({ piece }) => piece),
      pieces,
    );
    assert.deepEqual(journal.read(all[0]?.cursor ?? 0, 1), all.slice(1, 2));
    assert.deepEqual(journal.read(all[2]?.cursor ?? 0, 10), []);
  });

  it('tells of appends once a turn, when they are committed', async () => {
    const journal = createInvocationJournal(database.db);
    const heard: number[] = [];
    const subscription = journal.onDidAppend(() => heard.push(journal.read(0, 10).length));
    database.db.exec('BEGIN');
    journal.append(accepted('r1'));
    journal.append(accepted('r2'));
    assert.deepEqual(heard, []);
    database.db.exec('COMMIT');
    await turn();
    assert.deepEqual(heard, [2]);
    journal.append(accepted('r3'));
    await turn();
    assert.deepEqual(heard, [2, 3]);
    subscription.dispose();
  });

  it('joins the open transaction', () => {
    const journal = createInvocationJournal(database.db);
    database.db.exec('BEGIN');
    journal.append(accepted('r1'));
    database.db.exec('ROLLBACK');
    assert.deepEqual(journal.read(0, 10), []);
  });

  it('forgets whole invocations that ended longest ago, never one that is open', async () => {
    const journal = createInvocationJournal(database.db, { pieces: 100, size: 1e9 });
    journal.append(accepted('open'));
    for (let index = 0; index < 200; index += 1) {
      journal.append(accepted(`r${index}`));
      journal.append(outcome(`r${index}`));
      if (index % 10 === 0) await turn();
    }
    await turn();
    const left = journal.read(0, 1000);
    assert.ok(left.length <= 100, `${left.length} pieces are left`);
    const ids = left.map(({ piece }) => 'requestId' in piece && piece.requestId);
    assert.equal(ids[0], 'open');
    assert.equal(ids.at(-1), 'r199');
    assert.equal(ids.length % 2, 1);
    const cursors = left.map(({ cursor }) => cursor);
    assert.equal(cursors.at(-1), 401);
  });

  it('keeps to a size, also after a restart, over many turns', async () => {
    const first = createInvocationJournal(database.db);
    for (let index = 0; index < 500; index += 1) {
      first.append(accepted(`r${index}`, 'x'.repeat(1000)));
      first.append(outcome(`r${index}`));
    }
    await turn();
    assert.equal(first.read(0, 2000).length, 1000);
    const second = createInvocationJournal(database.db, { pieces: 1e9, size: 100_000 });
    second.append(accepted('last'));
    for (let count = 0; count < 10; count += 1) await turn();
    const left = second.read(0, 2000);
    const size = left.reduce((sum, { piece }) => sum + JSON.stringify(piece).length, 0);
    assert.ok(size > 80_000 && size <= 90_000, `${size} are left`);
  });

  it('does not look for what to forget for ever when everything is open', async () => {
    const journal = createInvocationJournal(database.db, { pieces: 10, size: 1e9 });
    for (let index = 0; index < 50; index += 1) journal.append(accepted(`r${index}`));
    await turn();
    await turn();
    assert.equal(journal.read(0, 100).length, 50);
  });

  it('counts what it has only now and then while there is nothing to forget, and forgets when there is', async () => {
    const { db } = database;
    let counts = 0;
    const prepare = db.prepare.bind(db);
    db.prepare = (sql) => {
      const statement = prepare(sql);
      if (!sql.includes('total(size)')) return statement;
      const get = statement.get.bind(statement);
      statement.get = () => {
        counts += 1;
        return get();
      };
      return statement;
    };
    const journal = createInvocationJournal(db, { pieces: 100, size: 1e9 });
    for (let index = 0; index < 200; index += 1) {
      journal.append(accepted(`r${index}`));
      await turn();
    }
    assert.ok(counts < 25, `counted ${counts} times`);
    for (let index = 0; index < 200; index += 1) journal.append(outcome(`r${index}`));
    for (let count = 0; count < 10; count += 1) await turn();
    assert.ok(journal.read(0, 1000).length <= 100);
  });
});
