/** The first schema, as version 0.1 made it. It never changes. */
export const schemaOne = `
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
  INSERT INTO migrations VALUES (1, 0);
  PRAGMA user_version = 1;
`;
