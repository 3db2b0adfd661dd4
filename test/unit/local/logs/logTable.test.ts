import assert from 'node:assert/strict';
import { LogTable } from '../../../../src/local/logs/logTable.ts';
import { transaction } from '../../../../src/local/state/database.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../../../support/localDatabase.ts';

const all = { from: 0, to: Number.MAX_SAFE_INTEGER, beyond: { at: -1, id: 0 }, backward: false };

describe('LogTable', () => {
  let database: TemporaryDatabase;

  beforeEach(() => {
    database = temporaryDatabase();
  });

  afterEach(() => {
    database[Symbol.dispose]();
  });

  function messages(table: LogTable, group: string): readonly string[] {
    const found = table.findGroup(group);
    return found ? [...table.groupEvents(found, all)].map(({ message }) => message) : [];
  }

  it('joins the open transaction', () => {
    const table = new LogTable(database.db, { bytes: 1000, events: 1000 });
    assert.throws(() =>
      transaction(database.db, () => {
        table.append('g', 's', [{ at: 1, message: 'rolled back' }], 1);
        throw new Error('no');
      }),
    );
    assert.equal(table.findGroup('g'), undefined);
    table.append('g', 's', [{ at: 1, message: 'kept' }], 1);
    assert.deepEqual(messages(table, 'g'), ['kept']);
  });

  it('keeps every character', () => {
    const table = new LogTable(database.db, { bytes: 1000, events: 1000 });
    const message = 'a\u0000b\r\n\u00a0\u{1f600}\t';
    table.append('g', 's', [{ at: 1, message }], 1);
    assert.deepEqual(messages(table, 'g'), [message]);
  });

  it('drops the oldest events of a group that has too many, and streams that are empty then', () => {
    const table = new LogTable(database.db, { bytes: 1_000_000, events: 100 });
    table.append('other', 's', [{ at: 0, message: 'stays' }], 1);
    table.append('g', 'old', [{ at: 0, message: 'old' }], 1);
    for (let at = 1; at <= 250; at += 1) table.append('g', 'new', [{ at, message: String(at) }], 1);
    const kept = messages(table, 'g');
    assert.ok(kept.length <= 100 && kept.length >= 80, `${kept.length} kept`);
    assert.equal(kept.at(-1), '250');
    const group = table.findGroup('g') ?? assert.fail();
    assert.equal(group.event_count, kept.length);
    assert.equal(table.findStream(group, 'old'), undefined);
    assert.deepEqual(messages(table, 'other'), ['stays']);
  });

  it('drops them when they are too large, and counts right', () => {
    const table = new LogTable(database.db, { bytes: 10_000, events: 1_000_000 });
    for (let at = 1; at <= 30; at += 1) table.append('g', 's', [{ at, message: 'x'.repeat(974) }], 1);
    const group = table.findGroup('g') ?? assert.fail();
    assert.equal(group.stored_bytes, 1000 * messages(table, 'g').length);
    assert.ok(group.stored_bytes <= 10_000 && group.stored_bytes >= 8000);
  });
});
