import type { DatabaseSync } from 'node:sqlite';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { adoptOld } from './adoptOld.ts';

/**
 * One step a version, oldest first; the file's `user_version` says how many it has been through. A step that has been
 * released never changes. All text is what pieces and summaries say; ids rise in order of arrival and never come back.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE migrations (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL);

  -- A row a person sees. The summary (JSON) is the fold of its pieces; the other columns are conditions of queries.
  CREATE TABLE invocations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id TEXT NOT NULL,
    request_id TEXT,
    client_token TEXT,
    status TEXT NOT NULL,
    function_name TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    -- The change that last touched it: other windows read what is newer than what they know.
    version INTEGER NOT NULL,
    summary TEXT NOT NULL
  );
  CREATE UNIQUE INDEX invocations_request ON invocations (connection_id, request_id) WHERE request_id IS NOT NULL;
  CREATE UNIQUE INDEX invocations_token ON invocations (connection_id, client_token) WHERE client_token IS NOT NULL;
  CREATE INDEX invocations_order ON invocations (connection_id, id, status);
  CREATE INDEX invocations_status ON invocations (connection_id, status, id);
  CREATE INDEX invocations_function ON invocations (connection_id, function_name, id, status);
  CREATE INDEX invocations_version ON invocations (version);

  -- Facts as they came, never rewritten. The one big text of a piece is its body; the hash tells repeats.
  CREATE TABLE pieces (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    invocation_id INTEGER NOT NULL REFERENCES invocations (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    hash BLOB NOT NULL,
    piece TEXT NOT NULL,
    body TEXT
  );
  CREATE UNIQUE INDEX pieces_invocation ON pieces (invocation_id, hash);

  -- One document a piece that has something to find; three letters are the shortest that are found by it.
  CREATE VIRTUAL TABLE search USING fts5 (text, content='', contentless_delete=1, tokenize='trigram');

  CREATE TABLE cursors (
    connection_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (connection_id, stream)
  ) WITHOUT ROWID;

  -- How many rows stand where, kept as rows change: counting a million takes long.
  CREATE TABLE counts (
    connection_id TEXT NOT NULL,
    status TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (connection_id, status)
  ) WITHOUT ROWID;
  CREATE TRIGGER count_insert AFTER INSERT ON invocations BEGIN
    INSERT INTO counts VALUES (NEW.connection_id, NEW.status, 1) ON CONFLICT DO UPDATE SET number = number + 1;
  END;
  CREATE TRIGGER count_delete AFTER DELETE ON invocations BEGIN
    UPDATE counts SET number = number - 1 WHERE connection_id = OLD.connection_id AND status = OLD.status;
  END;
  CREATE TRIGGER count_update AFTER UPDATE OF status ON invocations WHEN OLD.status <> NEW.status BEGIN
    UPDATE counts SET number = number - 1 WHERE connection_id = OLD.connection_id AND status = OLD.status;
    INSERT INTO counts VALUES (NEW.connection_id, NEW.status, 1) ON CONFLICT DO UPDATE SET number = number + 1;
  END;
  `,
  `
  -- What was kept is folded anew into the tables below (adoptOld.ts), which then drops these.
  DROP TRIGGER count_insert;
  DROP TRIGGER count_delete;
  DROP TRIGGER count_update;
  DROP TABLE counts;
  DROP TABLE search;
  DROP INDEX invocations_request;
  DROP INDEX invocations_token;
  DROP INDEX invocations_order;
  DROP INDEX invocations_status;
  DROP INDEX invocations_function;
  DROP INDEX invocations_version;
  ALTER TABLE invocations RENAME TO old_invocations;
  ALTER TABLE pieces RENAME TO old_pieces;

  CREATE TABLE connections (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

  -- A row a person sees. The summary (JSON) is the fold of its pieces; what is asked for and sorted by is a column.
  -- Unknown texts are empty, an unknown duration is -1.
  CREATE TABLE invocations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    connection INTEGER NOT NULL REFERENCES connections (id),
    request_id TEXT,
    client_token TEXT,
    status TEXT NOT NULL,
    function_name TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    condition TEXT NOT NULL,
    error_type TEXT NOT NULL,
    destination TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    error_group INTEGER,
    pinned INTEGER NOT NULL DEFAULT 0,
    summary TEXT NOT NULL
  );
  CREATE UNIQUE INDEX invocations_request ON invocations (connection, request_id) WHERE request_id IS NOT NULL;
  CREATE UNIQUE INDEX invocations_token ON invocations (connection, client_token) WHERE client_token IS NOT NULL;
  CREATE INDEX invocations_order ON invocations (connection, id);
  CREATE INDEX invocations_started ON invocations (connection, started_at, id);
  CREATE INDEX invocations_status ON invocations (connection, status, id);
  CREATE INDEX invocations_function ON invocations (connection, function_name, id);
  CREATE INDEX invocations_condition ON invocations (connection, condition, id);
  CREATE INDEX invocations_error ON invocations (connection, error_type, id);
  CREATE INDEX invocations_destination ON invocations (connection, destination, id);
  CREATE INDEX invocations_attempts ON invocations (connection, attempts, id);
  CREATE INDEX invocations_duration ON invocations (connection, duration, id);
  CREATE INDEX invocations_group ON invocations (error_group, id) WHERE error_group IS NOT NULL;
  CREATE INDEX invocations_pinned ON invocations (pinned, id) WHERE pinned = 1;

  -- Facts as they came, never rewritten. The id is that of the row times 65536, and a number from 0. The one big text of
  -- a piece is its body; the hash tells repeats.
  CREATE TABLE pieces (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    hash TEXT NOT NULL,
    piece TEXT NOT NULL,
    body TEXT
  );

  -- One document a piece that has something to find, under the piece's id: its words, and a word for each value of a
  -- body (searchText.ts). Which words there are that consist of letters is known apart: their parts are found by it.
  CREATE VIRTUAL TABLE words USING fts5 (text, content='', contentless_delete=1, detail='none', tokenize='ascii');
  CREATE TABLE vocabulary (word TEXT PRIMARY KEY) WITHOUT ROWID;

  -- How many rows have which value, and how many of each status were started in which minute; kept as rows change.
  CREATE TABLE facets (
    connection INTEGER NOT NULL,
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (connection, facet, value)
  ) WITHOUT ROWID;
  CREATE TABLE timeline (
    connection INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    status TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (connection, minute, status)
  ) WITHOUT ROWID;

  -- Errors that are alike: type, message without what differs, first frame of the function's own.
  CREATE TABLE error_groups (
    id INTEGER PRIMARY KEY,
    connection INTEGER NOT NULL,
    error_type TEXT NOT NULL,
    shape TEXT NOT NULL,
    frame TEXT NOT NULL,
    message TEXT NOT NULL,
    number INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX error_groups_alike ON error_groups (connection, error_type, shape, frame);

  -- Which rows a transaction touched; a window that missed some reads what is newer than what it knows.
  CREATE TABLE changes (version INTEGER PRIMARY KEY AUTOINCREMENT, ids TEXT NOT NULL);

  -- Which window does what only one may do.
  CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
  `,
];

/**
 * Brings the file to the newest version. @throws UserFacingFailure `storeTooNew` when a newer extension made it: what
 * it wrote is not ours to change.
 */
export function migrate(db: DatabaseSync, now: number): void {
  const version = schemaVersion(db);
  if (version > migrations.length) {
    throw new UserFacingFailure(
      'storeTooNew',
      'The kept invocations of this workspace were written by a newer version of Lambda Destinations. Update the extension, or reload the window if it was updated already.',
    );
  }
  if (version === migrations.length) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    // Another window may have been faster.
    for (let next = schemaVersion(db); next < migrations.length; next++) {
      db.exec(migrations[next] ?? '');
      db.prepare('INSERT INTO migrations VALUES (?, ?)').run(next + 1, now);
      db.exec(`PRAGMA user_version = ${next + 1}`);
    }
    adoptOld(db);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}
