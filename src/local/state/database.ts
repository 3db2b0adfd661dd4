import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';

/**
 * Opens local Lambda's one database in `dataDir`. WAL with synchronous NORMAL survives a kill of the process;
 * `fsync` (FULL) survives a power loss too. Each module creates the tables it owns (`CREATE TABLE IF NOT EXISTS`).
 */
export function openDatabase(dataDir: string, options: { readonly fsync?: boolean } = {}): DatabaseSync {
  const db = new DatabaseSync(join(dataDir, 'local-lambda.sqlite'));
  db.exec('PRAGMA journal_mode = WAL');
  db.exec(`PRAGMA synchronous = ${options.fsync === true ? 'FULL' : 'NORMAL'}`);
  // Each checkpoint waits for the disk: at four times as many pages (16 MB) as by default it does so a fourth as often.
  db.exec('PRAGMA wal_autocheckpoint = 4000');
  db.exec('PRAGMA foreign_keys = ON');
  return db;
}

/** Runs `work` in a transaction; joins the one that is open, if any. Everything inside must be synchronous. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  if (db.isTransaction) return work();
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite itself rolls back for some errors (disk full).
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
