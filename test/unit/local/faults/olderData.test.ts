import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { EventTable } from '../../../../src/local/events/eventTable.ts';

describe('a queue from before there were duplicates', () => {
  it('is taken over, and its events can be duplicated', () => {
    const db = new DatabaseSync(':memory:');
    db.exec(`
      CREATE TABLE queued_events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, request_id TEXT NOT NULL UNIQUE, function_name TEXT NOT NULL, qualifier TEXT,
        function_arn TEXT NOT NULL, trace_id TEXT NOT NULL, due_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
        executions INTEGER NOT NULL DEFAULT 0, throttles INTEGER NOT NULL DEFAULT 0, age_ms INTEGER NOT NULL DEFAULT 0,
        age_at INTEGER NOT NULL, wait TEXT, last_settings TEXT NOT NULL, payload BLOB NOT NULL
      ) STRICT;
      INSERT INTO queued_events (request_id, function_name, function_arn, trace_id, due_at, age_at, last_settings, payload)
        VALUES ('r1', 'fn', 'arn', 'Root=1', 5, 5, '{}', x'7b7d');
    `);
    const table = new EventTable(db);
    const event = table.find('r1') ?? assert.fail('the event is gone');
    assert.equal(event.duplicate, undefined);
    table.update(event.seq, { ...event, duplicate: { ageMs: 7, attemptsBefore: 2 } });
    // As the next process finds it.
    assert.deepEqual(new EventTable(db).find('r1')?.duplicate, { ageMs: 7, attemptsBefore: 2 });
    db.close();
  });
});
