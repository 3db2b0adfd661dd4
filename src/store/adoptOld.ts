import type { DatabaseSync } from 'node:sqlite';
import { fromColumns } from './pieceColumns.ts';
import { Statements } from './statements.ts';
import { Writer } from './writer.ts';

/** So many rows are in memory, with their bodies. */
const rowsAtOnce = 100;

/** Folds what an older schema kept into the tables of this one, and drops it. Runs in the transaction of the migration. */
export function adoptOld(db: DatabaseSync): void {
  const statements = new Statements(db);
  if (statements.number("SELECT count(*) FROM sqlite_schema WHERE name = 'old_invocations'") === 0) return;
  const writer = new Writer(db);
  const last = statements.number(
    "SELECT max(seq) FROM sqlite_sequence WHERE name IN ('invocations', 'old_invocations')",
  );
  for (let after = 0; ;) {
    const rows = statements.all(
      'SELECT id, connection_id, request_id, client_token FROM old_invocations WHERE id > ? ORDER BY id LIMIT ?',
      after,
      rowsAtOnce,
    );
    if (rows.length === 0) break;
    after = Number(rows.at(-1)?.['id']);
    writer.restore(
      rows.map(({ id, connection_id: connectionId, request_id: requestId, client_token: token }) => ({
        connectionId: String(connectionId),
        id: Number(id),
        ...(typeof requestId === 'string' ? { requestId } : {}),
        ...(typeof token === 'string' ? { token } : {}),
        pieces: statements
          .all('SELECT piece, body FROM old_pieces WHERE invocation_id = ? ORDER BY id', id ?? 0)
          .map(({ piece, body }) => fromColumns(String(piece), typeof body === 'string' ? body : null)),
      })),
    );
  }
  // Ids never come back, not those of rows that were cut either.
  statements.run("DELETE FROM sqlite_sequence WHERE name = 'invocations'");
  statements.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('invocations', ?)", last);
  // Prepared statements hold a table that is to go.
  db.exec('DROP TABLE old_pieces; DROP TABLE old_invocations;');
}
