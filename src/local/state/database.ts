import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';

/** The file in the data folder; SQLite adds `-wal` and `-shm`. */
export const databaseName = 'local-lambda.sqlite';

/**
 * Opens local Lambda's one database in `dataDir`. WAL with synchronous NORMAL survives a kill of the process;
 * `fsync` (FULL) survives a power loss too. Each module creates the tables it owns (`CREATE TABLE IF NOT EXISTS`).
 */
export function openDatabase(dataDir: string, options: { readonly fsync?: boolean } = {}): DatabaseSync {
  const db = new DatabaseSync(join(dataDir, databaseName));
  try {
    db.exec('PRAGMA journal_mode = WAL');
    db.exec(`PRAGMA synchronous = ${options.fsync === true ? 'FULL' : 'NORMAL'}`);
    // Each checkpoint waits for the disk: at four times as many pages (16 MB) as by default it does so a fourth as often.
    db.exec('PRAGMA wal_autocheckpoint = 4000');
    db.exec('PRAGMA foreign_keys = ON');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What is to be done when the transaction that is open on a database is kept. */
const onCommit = new WeakMap<DatabaseSync, (() => void)[]>();

/** Runs `work` in a transaction; joins the one that is open, if any. Everything inside must be synchronous. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  if (db.isTransaction) return work();
  db.exec('BEGIN IMMEDIATE');
  let result: T;
  try {
    result = work();
    db.exec('COMMIT');
  } catch (error) {
    onCommit.delete(db);
    // SQLite itself rolls back for some errors (disk full).
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
  const committed = onCommit.get(db);
  if (committed) {
    onCommit.delete(db);
    for (const then of committed) then();
  }
  return result;
}

/** Runs `work`, which must not throw, when the open transaction is kept, and not at all when it is not; at once when there is none. */
export function afterCommit(db: DatabaseSync, work: () => void): void {
  if (!db.isTransaction) {
    work();
    return;
  }
  const waiting = onCommit.get(db);
  if (waiting) waiting.push(work);
  else onCommit.set(db, [work]);
}
